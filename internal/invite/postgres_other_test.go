//go:build !unix

package invite

import (
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

func onPostgres(t *testing.T) store.DB {
	t.Skip("tests start PostgreSQL on Unix alone")
	return nil
}
