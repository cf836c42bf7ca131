package private

import (
	"io"
	"os"
	"strings"
)

// openLog opens the server's log for appending, so that cutLog may cut it under the running server.
func openLog(p *place) (*os.File, error) {
	if err := cutLog(p.logPath()); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(p.logPath(), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o640)
	if err != nil {
		return nil, err
	}
	if err := p.account.own(p.logPath()); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// cutLog copies a log over maxLog to FILE.1 and empties it in place: the server keeps the file open.
func cutLog(path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Size() <= maxLog {
		return nil
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path+".1", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, io.LimitReader(from, 2*maxLog))
	if closeErr := to.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Truncate(path, 0)
}

// logSince returns the last lines that were written after offset, on one line, for an error message.
func logSince(path string, offset int64) string {
	f, err := os.Open(path)
	if err != nil {
		return "(unreadable)"
	}
	defer f.Close()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return "(unreadable)"
	}
	text, _ := io.ReadAll(io.LimitReader(f, 64<<10)) // a part is better than nothing
	return tail(string(text), 5)
}

// tail returns the last n lines joined by " | ".
func tail(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return strings.Join(lines, " | ")
}
