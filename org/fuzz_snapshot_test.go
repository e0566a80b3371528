package org

import (
	"strings"
	"testing"
)

// snapshotOfAll is a small organization in which everything occurs that a snapshot can hold.
const snapshotOfAll = `state.restored {"version":40,"at":1000,"organization":"org_00000000000000000000000001","name":"Acme","slug":"acme","created":1,"catalog":"sha256:1111111111111111111111111111111111111111111111111111111111111111","entered":true,"settled":true,"settings":{"teams":[{"team":"team_00000000000000000000000001","role":"analyst"}]}}
state.people {"people":[{"id":"usr_00000000000000000000000001","since":3,"change":2,"joined":1,"role":1,"status":1,"source":1,"proofs":2},{"id":"usr_00000000000000000000000002","since":5,"joined":1,"by":1,"role":2,"status":2,"source":2,"end":5000,"suspension":{"at":900,"by":1}},{"id":"usr_00000000000000000000000003","since":6,"joined":1,"by":1,"status":3,"source":1},{"id":"usr_00000000000000000000000004","since":7,"joined":1,"by":1,"status":4,"source":1}]}
state.teams {"teams":[{"id":"team_00000000000000000000000001","name":"Red","external_id":"t","created":1,"changed":9,"source":1},{"id":"team_00000000000000000000000002","name":"Old","created":1,"changed":9,"source":1,"deleted":true}]}
state.projects {"projects":[{"id":"prj_00000000000000000000000001","name":"Web","external_id":"p","timezone":"UTC","created":1,"changed":9,"creator":1,"source":1},{"id":"prj_00000000000000000000000002","name":"App","timezone":"UTC","region":"eu","created":1,"deleted":900,"changed":9,"creator":1,"source":1}]}
state.ties {"of":1,"ties":[[0,[0,1,1,0,1,900],[0,3,1,0,1,900,0,5000]],[1,[1,2,1,0,1,900]]]}
state.ties {"of":2,"ties":[[0,[0,0,1,1,1,900]]]}
state.ties {"of":3,"ties":[[0,[0,3,3,0,1,900]]]}
state.ties {"of":4,"ties":[[0,[0,4,1,0,1,900]]]}
state.ties {"of":5,"ties":[[2,{"at":950,"by":1,"role":4},[0,2,1,0,1,900]]]}
state.ties {"of":6,"ties":[[2,[0,0,1,0,1,900],[1,0,1,0,1,900]]]}
`

func TestSnapshotThatHoldsEverythingLoads_I43(t *testing.T) {
	s, err := Load(storyLibrary(t), []byte(snapshotOfAll))
	if err != nil {
		t.Fatal(err)
	}
	if again := string(Save(s)); again != snapshotOfAll {
		t.Errorf("loaded\n%s\nsaved\n%s", snapshotOfAll, again)
	}
	if err := consistent(s); err != nil {
		t.Error(err)
	}
	if want := (Counts{Active: 1, Suspended: 1, Teams: 1, Projects: 1, Deleted: 1, Grants: 5}); s.Counts() != want {
		t.Errorf("counts %+v, want %+v", s.Counts(), want)
	}
}

func TestSnapshotsThatLieAreRefused(t *testing.T) {
	library := storyLibrary(t)
	for _, row := range []struct{ name, truth, lie string }{
		{"no organization", "state.restored", "state.teams"},
		{"an organization without an id", `"org_00000000000000000000000001"`, `""`},
		{"version zero", `"version":40,`, ""},
		{"a fact of a log among the rows", "state.projects", `organization.renamed {"name":"New"}` + "\nstate.projects"},
		{"a second organization", "state.people", `state.restored {"version":1,"organization":"o","name":"n","slug":"s"}` + "\nstate.people"},
		{"settings that name no team", `[{"team":"team_00000000000000000000000001"`, `[{"team":"team_00000000000000000000000002"`},
		{"settings that name no role", `"role":"analyst"`, `"role":"root"`},
		{"a person twice", `"usr_00000000000000000000000002"`, `"usr_00000000000000000000000001"`},
		{"a person whose id is none", `"usr_00000000000000000000000002"`, `"usr_0000000000000000000000000u"`},
		{"a membership from a later version", `"since":3`, `"since":41`},
		{"a change at a later version", `"change":2`, `"change":38`},
		{"a member from no version", `"since":3,`, ``},
		{"a member without a role", `"role":1,"status":1`, `"status":1`},
		{"a member with a role unknown here", `"role":1,"status":1`, `"role":5,"status":1`},
		{"a member from no source", `"status":1,"source":1`, `"status":1`},
		{"a member from a source unknown here", `"status":1,"source":1`, `"status":1,"source":9`},
		{"a status unknown here", `"status":4`, `"status":5`},
		{"somebody who left and has a role", `"status":4`, `"role":4,"status":4`},
		{"a suspension without its story", `,"suspension":{"at":900,"by":1}`, ``},
		{"a suspension of somebody who is active", `"proofs":2`, `"proofs":2,"suspension":{"at":900,"by":1}`},
		{"a removal without its story", `state.ties {"of":5,"ties":[[2,{"at":950,"by":1,"role":4},[0,2,1,0,1,900]]]}` + "\n" + `state.ties {"of":6,"ties":[[2,[0,0,1,0,1,900],[1,0,1,0,1,900]]]}` + "\n", ``},
		{"a team twice", `"team_00000000000000000000000002"`, `"team_00000000000000000000000001"`},
		{"two teams of one name", `"name":"Old","created":1,"changed":9,"source":1,"deleted":true`, `"name":"red","created":1,"changed":9,"source":1`},
		{"two teams of one external id", `"name":"Old","created":1,"changed":9,"source":1,"deleted":true`, `"name":"Old","external_id":"t","created":1,"changed":9,"source":1`},
		{"a deleted team with an external id", `"name":"Old"`, `"name":"Old","external_id":"u"`},
		{"a team from a later version", `"t","created":1,"changed":9`, `"t","created":1,"changed":41`},
		{"a project twice", `"prj_00000000000000000000000002"`, `"prj_00000000000000000000000001"`},
		{"two projects of one name", `"name":"App","timezone":"UTC","region":"eu","created":1,"deleted":900`, `"name":"WEB","timezone":"UTC","region":"eu","created":1`},
		{"two projects of one external id", `"name":"App","timezone":"UTC","region":"eu","created":1,"deleted":900`, `"name":"App","external_id":"p","timezone":"UTC","region":"eu","created":1`},
		{"a project from a later version", `"creator":1,"source":1},{`, `"changed":41,"creator":1,"source":1},{`},
		{"ties of nobody", `"of":1,"ties":[[0,`, `"of":1,"ties":[[4,`},
		{"ties of no kind", `"of":6`, `"of":7`},
		{"ties without a kind", `"of":1,`, ``},
		{"a grant to somebody who was removed", `[1,[1,2,1,0,1,900]]`, `[2,[1,2,1,0,1,900]]`},
		{"a place of somebody who left", `"of":2,"ties":[[0,`, `"of":2,"ties":[[3,`},
		{"a holder twice", `[1,[1,2,1,0,1,900]]`, `[0,[1,2,1,0,1,900]]`},
		{"a place twice", `"of":2,"ties":[[0,[0,0,1,1,1,900]]]`, `"of":2,"ties":[[0,[0,0,1,1,1,900],[0,0,2,1,1,900]]]`},
		{"a place in a deleted team", `"of":2,"ties":[[0,[0,`, `"of":2,"ties":[[0,[1,`},
		{"a place in no team", `"of":2,"ties":[[0,[0,`, `"of":2,"ties":[[0,[2,`},
		{"a place with a role", `[0,[0,0,1,1,1,900]]`, `[0,[0,1,1,1,1,900]]`},
		{"a grant of a deleted team", `"of":3,"ties":[[0,`, `"of":3,"ties":[[1,`},
		{"a team with two roles in a project", `[0,[0,3,3,0,1,900]]`, `[0,[0,3,3,0,1,900],[0,4,3,0,1,900]]`},
		{"a grant in no project", `[1,[1,2,1,0,1,900]]`, `[1,[2,2,1,0,1,900]]`},
		{"a grant of no role", `[1,[1,2,1,0,1,900]]`, `[1,[1,0,1,0,1,900]]`},
		{"a grant of a role unknown here", `[1,[1,2,1,0,1,900]]`, `[1,[1,5,1,0,1,900]]`},
		{"a grant from no source", `[1,[1,2,1,0,1,900]]`, `[1,[1,2,0,0,1,900]]`},
		{"a grant by nobody known", `[1,[1,2,1,0,1,900]]`, `[1,[1,2,1,0,5,900]]`},
		{"a grant that manages", `[1,[1,2,1,0,1,900]]`, `[1,[1,2,1,1,1,900]]`},
		{"a grant with a flag unknown here", `[1,[1,2,1,0,1,900]]`, `[1,[1,2,1,2,1,900]]`},
		{"a grant from no time", `[1,[1,2,1,0,1,900]]`, `[1,[1,2,1,0,1,0]]`},
		{"a grant from a later time", `[1,[1,2,1,0,1,900]]`, `[1,[1,2,1,0,1,1001]]`},
		{"bounds that are none", `[1,[1,2,1,0,1,900]]`, `[1,[1,2,1,0,1,900,0,0]]`},
		{"grants out of order", `[0,1,1,0,1,900],[0,3,1,0,1,900,0,5000]`, `[0,3,1,0,1,900],[0,1,1,0,1,900]`},
		{"a grant twice", `[0,3,1,0,1,900,0,5000]`, `[0,1,1,0,1,900,0,5000]`},
		{"a holder of nothing", `[1,[1,2,1,0,1,900]]`, `[1]`},
		{"everyone of another project", `"of":4,"ties":[[0,[0,`, `"of":4,"ties":[[0,[1,`},
		{"everyone twice", `"of":4,"ties":[[0,[0,4,1,0,1,900]]]`, `"of":4,"ties":[[0,[0,4,1,0,1,900]],[0,[0,4,1,0,1,900]]]`},
		{"a former membership of a member", `"of":5,"ties":[[2,`, `"of":5,"ties":[[0,`},
		{"a former membership without a role", `"by":1,"role":4}`, `"by":1}`},
		{"a former membership with a role unknown here", `"by":1,"role":4}`, `"by":1,"role":5}`},
		{"former places before the membership", `state.ties {"of":5`, `state.ties {"of":6,"ties":[[2,[0,0,1,0,1,900]]]}` + "\n" + `state.ties {"of":5`},
		{"former places of a suspended member", `"of":6,"ties":[[2,`, `"of":6,"ties":[[1,`},
		{"a last line that is cut off", "]]]}\n", "]]]}"},
		{"a line that is cut off", `,"proofs":2},{`, "\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if !strings.Contains(snapshotOfAll, row.truth) {
				t.Fatalf("the snapshot has no %s", row.truth)
			}
			at := strings.LastIndex(snapshotOfAll, row.truth)
			lie := snapshotOfAll[:at] + row.lie + snapshotOfAll[at+len(row.truth):]
			if s, err := Load(library, []byte(lie)); err == nil {
				t.Errorf("it loads; saved it is\n%s", Save(s))
			}
		})
	}
	for n := range len(snapshotOfAll) {
		if snapshotOfAll[n] == '\n' {
			continue // whole lines are a whole snapshot of less; the store's hash tells
		}
		if _, err := Load(library, []byte(snapshotOfAll[:n+1])); err == nil {
			t.Fatalf("the first %d bytes load", n+1)
		}
	}
}
