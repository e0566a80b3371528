package sqlite

import (
	"context"
	"fmt"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Security = (*DB)(nil)

const (
	insertIncident = `INSERT INTO incidents
		(org, at, id, kind, actor, via, what, code, asked, request, address, agent, count, until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) `
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
	if err == nil {
		err = db.write(ctx, func(t *transaction) error {
			for i := range rows {
				if err := t.addIncident(&rows[i], dayCap); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("add %d incidents: %w", len(rows), err)
	}
	return nil
}

func (t *transaction) addIncident(i *store.Incident, dayCap int) error {
	var known int
	err := t.tx.QueryRowContext(t.inside, `SELECT count(*) FROM incidents WHERE org = $1 AND at = $2 AND id = $3`,
		i.Org, i.At, i.ID).Scan(&known)
	if err != nil || known > 0 {
		return err
	}
	if dayCap > 0 {
		kept, err := t.exec(`INSERT INTO incident_days (org, day, kept) VALUES ($1, $2, 1)
			ON CONFLICT (org, day) DO UPDATE SET kept = incident_days.kept + 1 WHERE incident_days.kept < $3`,
			i.Org, i.Day(), dayCap)
		if err != nil {
			return err
		}
		if kept == 1 {
			_, err := t.exec(insertIncident, incidentValues(i)...)
			return err
		}
	}
	all := i.RollUp()
	_, err = t.exec(insertIncident+`ON CONFLICT (org, at, id) DO UPDATE SET count = incidents.count + excluded.count,
		until = CASE WHEN incidents.until < excluded.until THEN excluded.until ELSE incidents.until END`,
		incidentValues(&all)...)
	return err
}

func (db *DB) Incidents(
	ctx context.Context, org string, beforeAt int64, beforeID string, limit int,
) ([]store.Incident, error) {
	found, err := rows(ctx, &db.reads, incidentFields, selectIncidents+`WHERE org = $1 AND (at, id) < ($2, $3)
		ORDER BY at DESC, id DESC LIMIT $4`, org, beforeAt, beforeID, max(0, limit))
	if err != nil {
		return nil, fmt.Errorf("list incidents of %s before %d: %w", org, beforeAt, err)
	}
	return found, nil
}

func (db *DB) EraseIncidents(ctx context.Context, actor string) error {
	err := db.change(ctx, `UPDATE incidents SET address = '', agent = '' WHERE actor = $1`, actor)
	if err != nil {
		return fmt.Errorf("erase where incidents of %s came from: %w", actor, err)
	}
	return nil
}

func (db *DB) ExpireIncidents(ctx context.Context, before int64) error {
	err := db.removeInSteps(ctx, `DELETE FROM incidents WHERE (org, at, id) IN
		(SELECT org, at, id FROM incidents WHERE at < $1 ORDER BY at LIMIT $2)`, before)
	if err == nil {
		err = db.change(ctx, `DELETE FROM incident_days WHERE day < $1`, before)
	}
	if err != nil {
		return fmt.Errorf("expire incidents before %d: %w", before, err)
	}
	return nil
}
