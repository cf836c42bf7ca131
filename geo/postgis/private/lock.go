package private

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// locks are the lock files that a running cluster holds.
type locks []*os.File

func (l locks) release() {
	for _, f := range l {
		_ = f.Close()
	}
}

// claim locates the cluster of c.Dir and locks it, and makes the folder of a new one elsewhere. It locks Dir, lest two
// programs make a cluster each, and a cluster elsewhere, to which a copy of Dir links as well.
func claim(ctx context.Context, c Config) (place, locks, error) {
	p, err := locate(ctx, c)
	if err != nil {
		return place{}, nil, fmt.Errorf("of %s: %w", c.Dir, err)
	}
	lock, err := lockFile(p.link()+".lock", p.account)
	if err != nil {
		return place{}, nil, fmt.Errorf("in %s: %w", p.data, err)
	}
	held := locks{lock}
	if p.fresh && exists(p.link()) { // another program made it between the look and the lock
		held.release()
		return claim(ctx, c)
	}
	if p.fresh {
		p.nameEarlier(c)
	}
	if p.because != "" {
		c.Log.Info("the cluster goes elsewhere", "data", p.data, "link", p.link(), "because", p.because)
		err = p.makeHome(ctx)
	}
	if err == nil && p.lockPath() != p.link()+".lock" {
		if lock, err = lockFile(p.lockPath(), p.account); err == nil {
			held = append(held, lock)
		}
	}
	if err != nil {
		held.release()
		return place{}, nil, fmt.Errorf("in %s: %w", p.data, err)
	}
	return p, held, nil
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
