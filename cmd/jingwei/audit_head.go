package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"jingwei/geo"
)

// headFile is the name, in the data directory, of the file that keeps the head of the audit's chain outside of the
// database: whoever cuts the end of the chain off in there cannot hide it from this file.
const headFile = "audit-head"

// readHead returns the head that was noted in the folder; the zero head when none was.
func readHead(dir string) (geo.AuditHead, error) {
	text, err := os.ReadFile(filepath.Join(dir, headFile))
	if errors.Is(err, fs.ErrNotExist) {
		return geo.AuditHead{}, nil
	}
	if err != nil {
		return geo.AuditHead{}, fmt.Errorf("head of the audit: %w", err)
	}
	head, err := geo.ParseAuditHead(string(text))
	if err != nil {
		return geo.AuditHead{}, fmt.Errorf("head of the audit in %s: %w", filepath.Join(dir, headFile), err)
	}
	return head, nil
}

// writeHead replaces the head that is noted in the folder, all or nothing, also when the machine fails meanwhile.
func writeHead(dir string, head geo.AuditHead) error {
	file, err := os.CreateTemp(dir, headFile+"-*") // readable by the owner only
	if err != nil {
		return fmt.Errorf("head of the audit: %w", err)
	}
	defer os.Remove(file.Name())
	_, err = fmt.Fprintln(file, head)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), filepath.Join(dir, headFile))
	}
	if err != nil {
		return fmt.Errorf("head of the audit: %w", err)
	}
	return nil
}
