package private

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// port is only part of the socket's name: nothing listens on TCP.
const port = "5432"

const (
	// maxSocketPath is sun_path of unix(7), 108 bytes, without its closing NUL.
	maxSocketPath = 107
	// maxDataPath leaves room under PostgreSQL's MAXPGPATH of 1024 for the names below the data directory.
	maxDataPath = 800
)

// place is where one cluster lives.
type place struct {
	dir     string // Config.Dir, absolute, without symbolic links
	data    string // the data directory, likewise; dir/postgres or elsewhere
	run     string // folder of the socket
	fresh   bool   // there was neither cluster nor link in Dir
	because string // why a fresh cluster goes elsewhere; "" when it stays in Dir, or exists
	account account
}

// locate finds the place of the cluster of c.Dir, or chooses one. It makes Dir and nothing else.
func locate(ctx context.Context, c Config) (place, error) {
	dir, err := realFolder(c.Dir)
	if err != nil {
		return place{}, err
	}
	p := place{dir: dir}
	p.data = p.link()
	_, err = os.Lstat(p.data)
	p.fresh = os.IsNotExist(err)
	if err != nil && !p.fresh {
		return place{}, err
	}
	if !p.fresh {
		if p.data, err = filepath.EvalSymlinks(p.data); err != nil {
			return place{}, fmt.Errorf("%s links to a cluster that is missing (%w): bring it back, or delete the link to start with an empty one", p.link(), err)
		}
	}
	if p.account, err = findAccount(p.data); err != nil {
		return place{}, err
	}
	if err := p.settle(ctx, c); err != nil {
		return place{}, err
	}
	p.run = p.socketFolder()
	return p, nil
}

// realFolder makes dir, readable for all (its secrets have modes of their own), and resolves it.
func realFolder(dir string) (string, error) {
	if dir == "" {
		return "", errors.New("no data directory given")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

// settle checks that the server can use p.data, and chooses another folder for a cluster that does not exist yet when
// it cannot.
func (p *place) settle(ctx context.Context, c Config) error {
	home := filepath.Dir(p.data)
	passable, err := p.account.canEnter(ctx, home)
	if err != nil {
		return err
	}
	reason := ""
	switch {
	case !passable:
		reason = fmt.Sprintf("the user %s, as whom PostgreSQL runs, cannot enter %s", p.account.name, home)
	case len(p.data) > maxDataPath:
		reason = fmt.Sprintf("the path %s is too long for PostgreSQL (%d bytes, at most %d)", p.data, len(p.data), maxDataPath)
	default:
		return nil
	}
	if !p.fresh {
		return fmt.Errorf("%s: open the folders above it (chmod o+x), or move the cluster to a folder that is open and put a symbolic link in its place", reason)
	}
	base, err := elsewhere(c.Elsewhere)
	if err != nil {
		return fmt.Errorf("%s, and there is no other folder for it: %w", reason, err)
	}
	p.data, p.because = filepath.Join(homeIn(base), "postgres"), reason
	return nil
}

// stableName is the same for the same data directory at every start.
func stableName(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:8])
}

// socketFolder is beside the data, or under /tmp when the socket's path would not fit into a socket address. A comma
// separates hosts in a connection URL, so such a path will not do either.
func (p *place) socketFolder() string {
	run := filepath.Join(filepath.Dir(p.data), "run")
	if len(run)+len("/.s.PGSQL.")+len(port) <= maxSocketPath && !strings.Contains(run, ",") {
		return run
	}
	return filepath.Join("/tmp", "jingwei-"+strconv.Itoa(p.account.uid)+"-"+stableName(p.data))
}

// removeShortRun leaves nothing of a stopped cluster in /tmp.
func (p *place) removeShortRun() {
	if filepath.Dir(p.run) == "/tmp" {
		_ = os.Remove(p.run) // stays when it holds something: then it is not ours to delete
	}
}

// link is where Dir has its cluster: the data directory itself, or the only reference to one elsewhere.
func (p *place) link() string { return filepath.Join(p.dir, "postgres") }

func (p *place) lockPath() string { return p.data + ".lock" }

func (p *place) logPath() string { return filepath.Join(p.dir, "postgres.log") }

// version returns the major version of the cluster, 0 when there is none yet.
func (p *place) version() int {
	text, err := os.ReadFile(filepath.Join(p.data, "PG_VERSION"))
	if err != nil {
		return 0
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return major
}
