package live

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Save writes the snapshots as Write does to a temporary file and then puts it in the place of the one at path: after a
// crash the old file is there, or the new one, or none. Only the owner can read it. It holds what its editions hold. The
// folder exists.
func Save(ctx context.Context, path, origin string, snapshots ...*Snapshot) error {
	sweep(path)
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+temporary) // mode 0600
	if err != nil {
		return err
	}
	err = errors.Join(Write(ctx, &syncing{file: f}, origin, snapshots...), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("snapshot file %s: %w", path, err), os.Remove(f.Name()))
	}
	return syncFolder(filepath.Dir(path))
}

// temporary ends the names of files that are being written, as a pattern.
const temporary = ".*.new"

// sweep removes what was left behind where writing was cut off. Another node may be writing beside this one.
func sweep(path string) {
	left, _ := filepath.Glob(path + temporary) // the pattern is right
	for _, name := range left {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > abandoned {
			_ = os.Remove(name)
		}
	}
}

// abandoned is how long nothing was written to a file that nobody writes any more.
const abandoned = 10 * time.Minute

// syncing writes to a file and does not let much wait in memory for the disk, which a database shares.
type syncing struct {
	file    *os.File
	waiting int
}

// mostWaiting is how many bytes may wait.
const mostWaiting = 64 << 20

func (s *syncing) Write(p []byte) (int, error) {
	n, err := s.file.Write(p)
	if s.waiting += n; err == nil && s.waiting >= mostWaiting {
		s.waiting, err = 0, s.file.Sync()
	}
	return n, err
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Restore maps the file at path and returns what it holds for the indexes, the editions of one layer in the order of Save;
// they were never loaded. Every byte is verified. Any error, which says why, means that the layer must be loaded from the
// database; fs.ErrNotExist that there is no file.
//
// What was mapped stays so until the program ends: rows are read where they lie, by readers that hold snapshots for as long
// as they like, and pages that nobody reads any more cost address space only. The file may be replaced by another, which
// Save does, but must not be written to.
func Restore(path, origin string, indexes ...*Index) (Restored, error) {
	data, written, err := mapped(path)
	if err != nil {
		return Restored{}, err
	}
	var r Restored
	err = guarded(func() (err error) {
		r, err = read(data, origin, indexes)
		return err
	})
	if err != nil {
		return Restored{}, errors.Join(fmt.Errorf("snapshot file %s: %w", path, err), syscall.Munmap(data))
	}
	r.Written = written
	return r, nil
}

// mapped returns the bytes of the file, and when it was written.
func mapped(path string) (data []byte, written time.Time, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, written, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, written, err
	}
	if !info.Mode().IsRegular() || info.Size() < headSize+tailSize {
		return nil, written, fmt.Errorf("snapshot file %s: %w: it is too short", path, errDamaged)
	}
	data, err = syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_PRIVATE)
	return data, info.ModTime(), err
}
