package password_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo/password"
)

// small is a task that takes no time.
func small() password.Task {
	return password.Task{Password: []byte("密码"), Salt: []byte("somesalt"), Memory: 8, Passes: 1, Lanes: 1, KeyLength: 16}
}

// framed is a frame with its length.
func framed(frame []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(frame))), frame...)
}

// TestWork answers each task with its key, in turn, and ends with its input.
func TestWork(t *testing.T) {
	other := small()
	other.Password = nil
	var in, out, want bytes.Buffer
	for _, task := range []password.Task{small(), other, small()} {
		in.Write(framed(task.Frame()))
		key, _ := password.Here{}.Derive(task)
		want.Write(framed(key))
	}
	if err := password.Work(&in, &out); err != nil || !bytes.Equal(out.Bytes(), want.Bytes()) {
		t.Errorf("%x %v, want %x", out.Bytes(), err, want.Bytes())
	}
}

// TestWorkRefuses what no Hasher sends, without an answer and without repeating it.
func TestWorkRefuses(t *testing.T) {
	changed := func(at int, value byte) []byte {
		frame := small().Frame()
		frame[at] = value
		return framed(frame)
	}
	for name, in := range map[string][]byte{
		"half a length":   {0, 0},
		"no end":          framed(small().Frame())[:20],
		"empty":           framed(nil),
		"a length alone":  {0xff, 0xff, 0xff, 0xff},
		"too long":        framed(make([]byte, 32<<10+1)),
		"too much memory": changed(0, 1),
		"no memory":       changed(3, 0),
		"no passes":       changed(7, 0),
		"many passes":     changed(7, 11),
		"no lanes":        changed(8, 0),
		"a short key":     changed(9, 1),
		"a long key":      changed(9, 255),
		"a short salt":    changed(10, 1),
		"a long salt":     changed(10, 255),
	} {
		var out bytes.Buffer
		if err := password.Work(bytes.NewReader(in), &out); err == nil || out.Len() > 0 || strings.Contains(err.Error(), "密码") {
			t.Errorf("%s: %v, answer %x", name, err, out.Bytes())
		}
	}
}

// FuzzParseTask: whatever a frame is, reading it returns, and what is accepted is sent again to the byte.
func FuzzParseTask(f *testing.F) {
	f.Add([]byte{})
	f.Add(small().Frame())
	f.Add(small().Frame()[:15])
	f.Add(append([]byte{0, 0, 0x4c, 0, 0, 0, 0, 2, 1, 32, 16}, strings.Repeat("s", 16)+"correct horse"...))
	f.Fuzz(func(t *testing.T, frame []byte) {
		task, err := password.ParseTask(frame)
		if err == nil && !bytes.Equal(task.Frame(), frame) {
			t.Error(cmp.Diff(frame, task.Frame()))
		}
	})
}
