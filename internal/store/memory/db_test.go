package memory_test

import (
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.DB {
		db := memory.Open()
		t.Cleanup(func() { db.Close() })
		return db
	})
}
