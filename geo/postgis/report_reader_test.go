package postgis_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// readers of reports. Of requests only filters read them: TestFilterShowsOnlyWhatMayBeSeen asks with each line of defence
// alone. All else that everyone and each scope see of reports comes from the live indexes, whose connections read everything
// as jingwei_index, and TestPolicies looks at the database. Whoever writes another statement gives it the predicate
// {visible}, asks it with either line alone, and names it here.
func readers() map[string]string {
	return map[string]string{
		"filter_catalogue.go from": "filters of requests: TestFilterShowsOnlyWhatMayBeSeen",
		"import_undo.go from":      "keeps what is in use: that it is, is told, not by what",
		"load_report.go copy":      "writes only",
		"report_point.go from":     "the feed's: for the live indexes",

		"view public_report":                "what is public, by its own condition: TestPolicies",
		"function report_path_changed":      "names reports in the change feed, which the public does not read",
		"function grid_reported":            "refuses to let a grid go that is in use",
		"function report_category_reported": "refuses to let a category go that is in use",
		"function reports_stay":             "refuses to empty a table that is in use",
	}
}

var (
	reportRelation = regexp.MustCompile(`(?i)\b(from|join|update|into|copy|using|table)\s+(?:only\s+)?"?jingwei"?\."?(?:public_|scoped_)?report\b`)
	reportName     = regexp.MustCompile(`^(public_|scoped_)?report$`)
)

// TestReadersOfReports enumerates the statements of this package and the views and functions of the database that
// name the table: one that is new fails until somebody has looked at who may see what it finds.
func TestReadersOfReports(t *testing.T) {
	found := map[string]string{}
	add := func(what string) { found[what] = readers()[what] }
	for file, texts := range statements(t) {
		for _, text := range texts {
			for _, m := range reportRelation.FindAllStringSubmatch(text, -1) {
				add(file + " " + strings.ToLower(m[1]))
			}
			if reportName.MatchString(text) { // as sight.relation is told a table
				add(file + " by name")
			}
		}
	}
	for _, what := range databaseReaders(t) {
		add(what)
	}
	if diff := cmp.Diff(readers(), found); diff != "" {
		t.Errorf("what reads or writes reports (-known +found):\n%s", diff)
	}
}

// statements are the texts in the files of the package, by file: constants of Go, and SQL.
func statements(t *testing.T) map[string][]string {
	t.Helper()
	list := map[string][]string{}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				text, _ := strconv.Unquote(l.Value) // the parser has read it
				list[file] = append(list[file], text)
			}
			return true
		})
	}
	if files, err = filepath.Glob("*.sql"); err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list[file] = append(list[file], string(text))
	}
	return list
}

const sqlReportReaders = `
select distinct 'view ' || c.relname
from pg_depend d
join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
join pg_class c on c.oid = w.ev_class
where d.refclassid = 'pg_class'::regclass and d.refobjid = 'jingwei.report'::regclass
union all
select 'function ' || p.proname from pg_proc p
where p.pronamespace = 'jingwei'::regnamespace and p.prosrc ~* '\m(from|join|update|into|using|table)\s+(only\s+)?jingwei\.(public_)?report\M'
order by 1`

func databaseReaders(t *testing.T) []string {
	t.Helper()
	rows, err := newEmptySetup(t).connect(t).Query(t.Context(), sqlReportReaders)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return names
}
