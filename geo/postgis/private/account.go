package private

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// account is the user that PostgreSQL runs as.
type account struct {
	name     string
	uid, gid int
	groups   []uint32
	switched bool // not the user of this process: child processes need a credential, files a chown
}

// findAccount picks the account for the cluster at data. An existing cluster belongs to somebody: that is the account.
// Else it is ourselves, unless that is root, which PostgreSQL refuses: then postgres, which its package makes, or nobody.
func findAccount(data string) (account, error) {
	me := os.Geteuid()
	if owner, ok := ownerOf(data); ok && owner != 0 {
		return existingAccount(me, owner, data)
	}
	if me != 0 {
		return account{name: strconv.Itoa(me), uid: me, gid: os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return accountOf(u)
		}
	}
	return account{}, fmt.Errorf("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as")
}

func existingAccount(me, owner int, data string) (account, error) {
	if owner == me {
		return account{name: strconv.Itoa(me), uid: me, gid: os.Getegid()}, nil
	}
	u, err := user.LookupId(strconv.Itoa(owner))
	if err != nil {
		u = &user.User{Uid: strconv.Itoa(owner), Gid: strconv.Itoa(owner), Username: strconv.Itoa(owner)}
	}
	if me != 0 {
		return account{}, fmt.Errorf("%s belongs to the user %s: start Jingwei as that user or as root", data, u.Username)
	}
	return accountOf(u)
}

func accountOf(u *user.User) (account, error) {
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return account{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	return account{name: u.Username, uid: uid, gid: gid, groups: groupsOf(u), switched: true}, nil
}

// groupsOf lists the supplementary groups: ssl-cert and the like may be what lets an account pass a folder.
func groupsOf(u *user.User) []uint32 {
	ids, err := u.GroupIds()
	if err != nil {
		return nil
	}
	var groups []uint32
	for _, id := range ids {
		if n, err := strconv.ParseUint(id, 10, 32); err == nil {
			groups = append(groups, uint32(n))
		}
	}
	return groups
}

// command is exec.CommandContext as the account, in the root folder (which everybody can enter) and in a session of
// its own, so that a Ctrl-C in the terminal reaches only Jingwei, which then stops the server in order.
func (a account) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = "/"
	cmd.Env = environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a.switched {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid), Groups: a.groups}
	}
	return cmd
}

// environment leaves out PGDATA, PGPORT, LC_* and whatever else of the caller could bend the server.
func environment() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
}

// own gives a path to the account.
func (a account) own(path string) error {
	if !a.switched {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// canEnter tells whether the account may pass through dir, by trying: permission bits alone miss ACLs and the like.
func (a account) canEnter(ctx context.Context, dir string) (bool, error) {
	if !a.switched {
		return true, nil
	}
	err := a.command(ctx, "/bin/sh", "-c", `cd -- "$1" 2>/dev/null`, "sh", dir).Run()
	if _, refused := err.(*exec.ExitError); refused {
		return false, ctx.Err()
	}
	if err != nil {
		return false, fmt.Errorf("run as the user %s: %w", a.name, err)
	}
	return true, nil
}

// folder makes dir, when missing, with mode 0700 for the account, and refuses one that belongs to somebody else (under
// /tmp anybody could have made it first).
func (a account) folder(dir string) error {
	if err := os.Mkdir(dir, 0o700); err == nil {
		return a.own(dir)
	} else if !os.IsExist(err) {
		return err
	}
	owner, ok := ownerOf(dir)
	if !ok || owner != a.uid {
		return fmt.Errorf("%s exists and is not a folder of the user %s", dir, a.name)
	}
	return os.Chmod(dir, 0o700)
}

// ownerOf returns the user id of a folder; false for anything else, symbolic links included.
func ownerOf(dir string) (int, bool) {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() {
		return 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(stat.Uid), true
}
