package password_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"jingwei/geo"
	"jingwei/geo/password"
)

// asWorker makes this test program a process that computes hashes.
const asWorker = "JINGWEI_TEST_WORKER"

func TestMain(m *testing.M) {
	switch os.Getenv(asWorker) {
	case "":
		os.Exit(m.Run())
	case "short": // answers too little
		_, _ = os.Stdout.Write([]byte{0, 0, 0, 1, 'x'})
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "much": // answers more than it is asked
		_, _ = os.Stdout.Write(bytes.Repeat([]byte{0, 0, 0, 1, 'x'}, 9))
		_, _ = io.Copy(io.Discard, os.Stdin)
	default:
		if password.Work(os.Stdin, os.Stdout) != nil {
			os.Exit(1)
		}
	}
}

// cheap is a hash of "password" that takes little to compute.
const cheap = "$argon2id$v=19$m=256,t=3,p=4$c29tZXNhbHQ$Wh/MXezeCDXz3caRIUMTqqnMi06VsyMhOfMONe6F5qHtkAi5LMUpymTgF/40M6dlefpOIjUzl17j2DHRZ2w2gw"

// newWorkers returns workers that are this program, and a Hasher on them.
func newWorkers(t *testing.T, parallel int, kind string) (*password.Workers, *password.Hasher) {
	t.Helper()
	w := password.NewWorkers(func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = []string{asWorker + "=" + kind}
		return cmd
	}, slog.New(slog.DiscardHandler))
	t.Cleanup(w.Close)
	return w, password.NewOn(w, parallel)
}

// TestWorkersComputeTheSame as the program itself, one task after the other and several at the same time, in as many
// processes as there are places.
func TestWorkersComputeTheSame(t *testing.T) {
	_, h := newWorkers(t, 2, "work")
	answers := make(chan error)
	for i := range 6 {
		word := []string{"password", "ｐａｓｓｗｏｒｄ", "passwor", ""}[i%4]
		go func() {
			ok, err := h.Verify(t.Context(), cheap, word)
			if err == nil && ok != (i%4 < 2) {
				err = fmt.Errorf("%q: %v", word, ok)
			}
			answers <- err
		}()
	}
	for range 6 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	if n := len(children(t)); n < 1 || n > 2 {
		t.Errorf("%d processes, want one or two", n)
	}
	other, err := h.Hash(t.Context(), strings.Repeat("\ufdfa", 128)) // the longest that there is
	if err != nil || !strings.HasPrefix(other, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%s %v", other, err)
	}
}

// TestWorkerDies: the request that it had is told so, the next finds another process; and one that died while it had
// nothing to do is missed by nobody.
func TestWorkerDies(t *testing.T) {
	w, h := newWorkers(t, 1, "work")
	verify := func(ctx context.Context) error {
		_, err := h.Verify(ctx, cheap, "secret")
		return err
	}
	if err := verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := children(t)
	if len(first) != 1 {
		t.Fatalf("processes %v, want one", first)
	}
	signal(t, first[0], syscall.SIGSTOP)
	answer := make(chan error)
	go func() { answer <- verify(t.Context()) }()
	signal(t, first[0], syscall.SIGKILL)
	if err := <-answer; err != nil && !errors.Is(err, geo.ErrUnavailable) {
		t.Errorf("the request in flight: %v", err)
	}
	if err := verify(t.Context()); err != nil {
		t.Errorf("the next request: %v", err)
	}
	second := children(t)
	if len(second) != 1 || second[0] == first[0] {
		t.Fatalf("processes %v after %v", second, first)
	}
	signal(t, second[0], syscall.SIGKILL)
	for w.Idle() > 0 {
		runtime.Gosched()
	}
	if err := verify(t.Context()); err != nil {
		t.Errorf("after the death of one that was idle: %v", err)
	}
}

// TestWorkerFails: without a process, and with one that answers something else, nobody gets in.
func TestWorkerFails(t *testing.T) {
	_, short := newWorkers(t, 1, "short")
	_, much := newWorkers(t, 1, "much")
	missing := password.NewOn(password.NewWorkers(func() *exec.Cmd { return exec.Command(filepath.Join(t.TempDir(), "none")) }, slog.New(slog.DiscardHandler)), 1)
	closed, afterwards := newWorkers(t, 1, "work")
	closed.Close()
	for name, h := range map[string]*password.Hasher{"short": short, "much": much, "missing": missing, "closed": afterwards} {
		if ok, err := h.Verify(t.Context(), cheap, "secret"); ok || !errors.Is(err, geo.ErrUnavailable) {
			t.Errorf("%s: %v %v", name, ok, err)
		}
		if phc, err := h.Hash(t.Context(), "secret"); phc != "" || !errors.Is(err, geo.ErrUnavailable) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v %v", name, phc, err)
		}
	}
	if left := children(t); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
}

// TestWorkersEnd with Close, also one that does not listen.
func TestWorkersEnd(t *testing.T) {
	w, h := newWorkers(t, 1, "work")
	for _, stopped := range []bool{false, true} {
		if stopped {
			w, h = newWorkers(t, 1, "work")
		}
		if _, err := h.Verify(t.Context(), cheap, "secret"); err != nil {
			t.Fatal(err)
		}
		if stopped {
			signal(t, children(t)[0], syscall.SIGSTOP)
		}
		began := time.Now()
		w.Close()
		if left := children(t); len(left) != 0 || time.Since(began) > 10*time.Second {
			t.Errorf("processes %v after %v", left, time.Since(began))
		}
	}
}

func signal(t *testing.T, pid int, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		t.Fatal(err)
	}
}

// children are the processes that this one has started and that have not ended.
func children(t *testing.T) []int {
	t.Helper()
	files, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, file := range files {
		text, _ := os.ReadFile(file) // a thread that has ended has none
		for field := range strings.FieldsSeq(string(text)) {
			pid, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
	}
	return pids
}
