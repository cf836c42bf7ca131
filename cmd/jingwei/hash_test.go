package main_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jingwei/geo/geotest"
)

// TestHashesBesideTheServer: passwords are compared in a process that yields to all others, in which no secret can be read
// from outside, and which is gone when the server is, however that ends.
func TestHashesBesideTheServer(t *testing.T) {
	t.Setenv("JINGWEI_TEST_SECRET", "hunter2")
	url := geotest.Database(t)
	for name, end := range map[string]func(*program){"stop": func(p *program) { p.stop(t) }, "kill -9": (*program).kill} {
		t.Run(name, func(t *testing.T) {
			p := serve(t, t.TempDir(), "--database", url)
			for range 2 {
				if a := p.do(t, http.MethodPost, "/api/session", `{"name":"nobody","password":"gleis ofen tram"}`); a.status != http.StatusUnauthorized {
					t.Fatalf("sign-in: %d %s", a.status, a.body)
				}
			}
			pids := childrenOf(t, p.cmd.Process.Pid, "hash")
			if len(pids) != 1 {
				t.Fatalf("processes %v, want one", pids)
			}
			isHumble(t, pids[0])
			end(p)
			eventually(t, 10*time.Second, func() error {
				if _, err := os.Stat(pids[0]); err == nil {
					return fmt.Errorf("%s is there after its server", pids[0])
				}
				return nil
			})
		})
	}
}

// isHumble checks what a process that computes hashes is, by its folder in /proc.
func isHumble(t *testing.T, dir string) {
	t.Helper()
	if got := string(readFile(t, filepath.Join(dir, "environ"))); got != "GOMAXPROCS=1\x00" {
		t.Errorf("environment %q", got)
	}
	if got := string(readFile(t, filepath.Join(dir, "cmdline"))); got != "jingwei\x00hash\x00" {
		t.Errorf("arguments %q", got)
	}
	threads, err := filepath.Glob(filepath.Join(dir, "task", "*", "stat"))
	if err != nil || len(threads) == 0 {
		t.Fatal(threads, err)
	}
	for _, thread := range threads {
		if fields := statOf(t, thread); fields[16] != "19" { // nice, the 19th field of proc(5), is the 17th behind the name
			t.Errorf("%s: nice value %s", thread, fields[16])
		}
	}
}

// childrenOf returns the folders in /proc of the children of a process that were started with an argument.
func childrenOf(t *testing.T, parent int, argument string) (dirs []string) {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		text, _ := os.ReadFile(list) // a thread that has ended has none
		for pid := range strings.FieldsSeq(string(text)) {
			dir := filepath.Join("/proc", pid)
			if line, _ := os.ReadFile(filepath.Join(dir, "cmdline")); slices.Contains(strings.Split(string(line), "\x00"), argument) {
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs
}

// statOf returns the fields of a stat of proc(5) behind the name of the program, which may hold anything.
func statOf(t *testing.T, file string) []string {
	t.Helper()
	text := string(readFile(t, file))
	return strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
