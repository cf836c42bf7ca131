package private

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
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
	account account
}

// locate finds the place of the cluster of c.Dir, or chooses one.
func locate(ctx context.Context, c Config) (place, error) {
	dir, err := realFolder(c.Dir)
	if err != nil {
		return place{}, err
	}
	p := place{dir: dir, data: filepath.Join(dir, "postgres")}
	_, err = os.Lstat(p.data)
	fresh := os.IsNotExist(err)
	if err != nil && !fresh {
		return place{}, err
	}
	if !fresh {
		if p.data, err = filepath.EvalSymlinks(p.data); err != nil {
			return place{}, fmt.Errorf("%s/postgres links to a cluster that is missing (%w): bring it back, or delete the link to start with an empty one", dir, err)
		}
	}
	if p.account, err = findAccount(p.data); err != nil {
		return place{}, err
	}
	if err := p.settle(ctx, c, fresh); err != nil {
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

// settle checks that the server can use p.data, and moves a cluster that does not exist yet elsewhere when it cannot.
func (p *place) settle(ctx context.Context, c Config, fresh bool) error {
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
	if !fresh {
		return fmt.Errorf("%s: open the folders above it (chmod o+x), or move the cluster to a folder that is open and put a symbolic link in its place", reason)
	}
	base, err := elsewhere(c.Elsewhere)
	if err != nil {
		return fmt.Errorf("%s, and there is no other folder for it: %w", reason, err)
	}
	p.data = filepath.Join(base, stableName(p.dir), "postgres")
	c.Log.Info("the cluster goes elsewhere", "data", p.data, "link", filepath.Join(p.dir, "postgres"), "because", reason)
	if err := os.MkdirAll(filepath.Dir(p.data), 0o755); err != nil {
		return err
	}
	if passable, err = p.account.canEnter(ctx, filepath.Dir(p.data)); err == nil && !passable {
		err = fmt.Errorf("the user %s cannot enter %s either: open the folders above it, or give another data directory", p.account.name, filepath.Dir(p.data))
	}
	return err
}

// elsewhere returns the folder for clusters that cannot live in their data directory.
func elsewhere(configured string) (string, error) {
	if configured != "" {
		return filepath.Abs(configured)
	}
	if os.Geteuid() == 0 {
		return "/var/lib/jingwei", nil
	}
	if base := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "jingwei"), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "jingwei"), err
}

// stableName is the same for the same folder at every start.
func stableName(dir string) string {
	sum := sha256.Sum256([]byte(dir))
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

// isLinked tells whether Dir leads to the cluster: always, but for a new one elsewhere.
func (p *place) isLinked() bool {
	target, err := filepath.EvalSymlinks(filepath.Join(p.dir, "postgres"))
	return err == nil && target == p.data
}

// retire moves aside a cluster elsewhere that Dir no longer leads to: somebody deleted Dir to start afresh, which is
// no reason to show old data again, nor to destroy it. One such is kept.
func (p *place) retire(ctx context.Context, log *slog.Logger) error {
	if p.version() == 0 || p.isLinked() || filepath.Dir(p.data) == p.dir {
		return nil
	}
	if err := clearRemains(ctx, p); err != nil {
		return err
	}
	old := p.data + ".old"
	log.Warn("an earlier cluster of this path is moved aside", "from", p.data, "to", old)
	if err := os.RemoveAll(old); err != nil {
		return err
	}
	return os.Rename(p.data, old)
}

// lockFile takes the lock that keeps a second Jingwei off the cluster. The kernel drops it with the process, however
// that ends; the pid inside is only for the message.
func lockFile(path string, a account) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		holder, _ := os.ReadFile(path) // a message without the pid is still clear
		return nil, fmt.Errorf("%w by another Jingwei (process %s): stop it, or give this one another data directory", ErrInUse, strings.TrimSpace(string(holder)))
	}
	if err := a.own(path); err != nil {
		_ = f.Close()
		return nil, err
	}
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return f, nil
}
