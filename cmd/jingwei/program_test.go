package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	main "jingwei/cmd/jingwei"
	"jingwei/geo/geotest"
)

// These tests run the program as its users do: the built binary, a real PostGIS, HTTP.

var buildDir string

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "hash" { // a server in this process has started its program to compute hashes
		os.Exit(main.Run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	dir, err := os.MkdirTemp("", "jingwei-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	buildDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

var buildOnce = sync.OnceValues(func() (string, error) {
	path := filepath.Join(buildDir, "jingwei")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/jingwei")
	cmd.Dir = geotest.Path()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

func binary(t testing.TB) string {
	t.Helper()
	path, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// program is a running "jingwei serve".
type program struct {
	url     string
	first   string // the link that opens the first account
	dataDir string
	cmd     *exec.Cmd
	log     lockedBuffer
	exited  chan struct{}
	stopped sync.Once
}

// serve starts the program with more flags and waits until its index is loaded; it stops at the end of the test.
func serve(t testing.TB, dataDir string, flags ...string) *program {
	t.Helper()
	p := start(t, dataDir, flags...)
	p.waitReady(t, time.Minute)
	return p
}

// start is serve without the waiting: the program listens.
func start(t testing.TB, dataDir string, flags ...string) *program {
	t.Helper()
	p := &program{dataDir: dataDir, exited: make(chan struct{})}
	p.cmd = exec.Command(binary(t), append([]string{"--json", "serve", "--listen", "127.0.0.1:0", "--data-dir", dataDir}, flags...)...)
	p.cmd.Stderr = &p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.stop(t) })
	var first struct {
		URL       string
		FirstLink string `json:"first_link"`
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &first)
	}
	go func() {
		_, _ = io.Copy(io.Discard, out)
		_ = p.cmd.Wait()
		close(p.exited)
	}()
	if err != nil {
		t.Fatalf("the program did not start: %v\n%s", err, &p.log)
	}
	p.url, p.first = first.URL, first.FirstLink
	return p
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (p *program) waitReady(t testing.TB, most time.Duration) {
	t.Helper()
	eventually(t, most, func() error {
		select {
		case <-p.exited:
			return fatal{fmt.Errorf("the program ended\n%s", &p.log)}
		default:
		}
		r, err := http.Get(p.url + "/readyz")
		if err != nil {
			return err
		}
		defer r.Body.Close()
		if r.StatusCode != http.StatusOK {
			return fmt.Errorf("/readyz: %s\n%s", r.Status, &p.log)
		}
		return nil
	})
}

// stop asks the program to end and waits for it.
func (p *program) stop(t testing.TB) {
	p.stopped.Do(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.exited:
		case <-time.After(30 * time.Second):
			t.Error("the program did not stop within 30 seconds")
			p.kill()
		}
	})
}

// kill ends the program as a crash would.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	<-p.exited
}

// fatal marks an error that no waiting mends.
type fatal struct{ error }

// eventually repeats f until it succeeds, for at most the given time.
func eventually(t testing.TB, most time.Duration, f func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), most)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := f()
		if err == nil {
			return
		}
		if f, ok := err.(fatal); ok {
			t.Fatal(f.error)
		}
		select {
		case <-ctx.Done():
			t.Fatalf("after %v still: %v", most, err)
		case <-tick.C:
		}
	}
}

func (p *program) token(t testing.TB) string {
	t.Helper()
	token := p.tokenText()
	if token == "" {
		t.Fatal("the program made no token")
	}
	return token
}

func (p *program) tokenText() string {
	b, _ := os.ReadFile(filepath.Join(p.dataDir, "token")) // none is ""
	return strings.TrimSpace(string(b))
}

// answer is a response read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request, with the token when it writes, and returns the answer whatever its status.
func (p *program) do(t testing.TB, method, path string, body any, header ...string) answer {
	t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		r = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, p.url+path, r)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if method != http.MethodGet {
		req.Header.Set("Authorization", "Bearer "+p.token(t))
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, b}
}

// get returns the answer to a GET that must succeed.
func (p *program) get(t testing.TB, path string, header ...string) answer {
	t.Helper()
	a := p.do(t, http.MethodGet, path, nil, header...)
	if a.status != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, a.status, a.body)
	}
	return a
}

func (a answer) decode(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

// connect opens a connection of the test's own to the database.
func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// sampleDatabase returns a database that holds the sample.
func sampleDatabase(t testing.TB) string {
	t.Helper()
	program := binary(t)
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	key := fmt.Sprintf("sample_%x", info.ModTime().UnixNano())
	return geotest.DatabaseFrom(t, key, func(ctx context.Context, url string) error {
		out, err := sampleOnce(ctx, program, url)
		if err != nil {
			return fmt.Errorf("sample load: %w\n%s", err, out)
		}
		return nil
	})
}

// sampleOnce loads the sample of Zhejiang, which has one size: sizes that the environment sets are of the nation.
func sampleOnce(ctx context.Context, program, url string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, "sample", "load", "--database", url)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "JINGWEI_ORGANIZATIONS=") || strings.HasPrefix(v, "JINGWEI_REPORTS=")
	})
	return cmd.CombinedOutput()
}
