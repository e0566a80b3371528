package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Security = (*DB)(nil)

const (
	// A row that is there changes nothing; of the others, the day has room for one more, or one counts on. Values from
	// $1 are the incident's, from $15 those of the row that stands for many, then the day's cap.
	addIncident = `WITH known AS (SELECT 1 FROM incidents WHERE org = $1 AND at = $2 AND id = $3),
		room AS (INSERT INTO incident_days (org, day, kept) SELECT $1, $16, 1 WHERE $29 > 0 AND NOT EXISTS (SELECT FROM known)
			ON CONFLICT (org, day) DO UPDATE SET kept = incident_days.kept + 1 WHERE incident_days.kept < $29 RETURNING 1),
		kept AS (INSERT INTO incidents (org, at, id, kind, actor, via, what, code, asked, request, address, agent, count, until)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 WHERE EXISTS (SELECT FROM room)
			ON CONFLICT DO NOTHING)
		INSERT INTO incidents (org, at, id, kind, actor, via, what, code, asked, request, address, agent, count, until)
		SELECT $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28
		WHERE NOT EXISTS (SELECT FROM known) AND NOT EXISTS (SELECT FROM room)
		ON CONFLICT (org, at, id) DO UPDATE SET count = incidents.count + excluded.count,
			until = greatest(incidents.until, excluded.until)`
	selectIncidents = `SELECT org, at, id, kind, actor, via, what, code, asked, request, address, agent, count, until
		FROM incidents `
)

func incidentFields(i *store.Incident) []any {
	return []any{&i.Org, &i.At, &i.ID, &i.Kind, &i.Actor, &i.Via, &i.What, &i.Code, &i.Asked, &i.Request, &i.Address,
		&i.Agent, &i.Count, &i.Until}
}

func incidentValues(i *store.Incident) []any {
	return []any{i.Org, i.At, i.ID, i.Kind, i.Actor, i.Via, i.What, i.Code, i.Asked, i.Request, i.Address, i.Agent,
		i.Count, i.Until}
}

func (db *DB) AddIncidents(ctx context.Context, rows []store.Incident, dayCap int) error {
	err := store.CheckIncidents(rows)
	if err == nil && len(rows) > 0 {
		var t transaction
		for _, i := range slices.SortedStableFunc(slices.Values(rows), byDay) {
			all := i.RollUp()
			t.add(nil, addIncident, slices.Concat(incidentValues(&i), incidentValues(&all), []any{dayCap})...)
		}
		err = db.write(ctx, t)
	}
	if err != nil {
		return fmt.Errorf("add %d incidents: %w", len(rows), err)
	}
	return ctx.Err()
}

// byDay is the order in which days are counted, whoever counts.
func byDay(a, b store.Incident) int {
	return cmp.Or(cmp.Compare(a.Org, b.Org), cmp.Compare(a.Day(), b.Day()))
}

func (db *DB) Incidents(
	ctx context.Context, org string, beforeAt int64, beforeID string, limit int,
) ([]store.Incident, error) {
	found, err := rows(ctx, db, incidentFields, selectIncidents+`WHERE org = $1 AND (at, id) < ($2, $3)
		ORDER BY at DESC, id DESC LIMIT $4`, org, beforeAt, beforeID, max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("list incidents of %s before %d: %w", org, beforeAt, err)
	}
	return found, nil
}

func (db *DB) EraseIncidents(ctx context.Context, actor string) error {
	if _, err := db.exec(ctx, `UPDATE incidents SET address = '', agent = '' WHERE actor = $1`, actor); err != nil {
		return fmt.Errorf("erase where incidents of %s came from: %w", actor, err)
	}
	return nil
}

func (db *DB) ExpireIncidents(ctx context.Context, before int64) error {
	err := db.removeInSteps(ctx, `DELETE FROM incidents WHERE (org, at, id) IN
		(SELECT org, at, id FROM incidents WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)`, before)
	if err == nil {
		_, err = db.exec(ctx, `DELETE FROM incident_days WHERE day < $1`, before)
	}
	if err != nil {
		return fmt.Errorf("expire incidents before %d: %w", before, err)
	}
	return nil
}
