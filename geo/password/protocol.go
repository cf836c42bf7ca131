package password

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
)

// A program and a process that computes for it send frames: a length of four bytes, big-endian, and as many bytes. A task
// is memory and passes of four bytes each, lanes, length of the key and length of the salt of one byte each, the salt, and
// the password to the end. The answer is the key.
const (
	headLength = 4 + 4 + 3
	mostFrame  = 32 << 10 // bytes; a pipe of Linux holds more, so a task is written without waiting for its reader
)

// errFrame is the error of a frame. It does not repeat what is in it.
var errFrame = errors.New("password: the frame is not one of the protocol")

// Work computes the tasks that come on in, one after the other, and writes the keys to out, until in ends. It is what a
// process of Workers does. What it used it has given back when it waits: the next task finds the same memory. An error is
// that of the pipes, or of a task that no Hasher sends.
func Work(in io.Reader, out io.Writer) error {
	for {
		frame, err := readFrame(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		key, err := answer(frame)
		if err != nil {
			return err
		}
		if err := writeFrame(out, key); err != nil {
			return err
		}
		runtime.GC()
	}
}

// answer computes what a frame asks for, and wipes it.
func answer(frame []byte) ([]byte, error) {
	defer clear(frame)
	t, err := parseTask(frame)
	if err != nil {
		return nil, err
	}
	return Here{}.Derive(t)
}

// frame returns the task as it is sent; parseTask reads it.
func (t Task) frame() []byte {
	b := make([]byte, 0, headLength+len(t.Salt)+len(t.Password))
	b = binary.BigEndian.AppendUint32(b, t.Memory)
	b = binary.BigEndian.AppendUint32(b, t.Passes)
	b = append(b, t.Lanes, t.KeyLength, uint8(len(t.Salt)))
	return append(append(b, t.Salt...), t.Password...)
}

// parseTask reads a task within the limits of stored hashes; its texts are parts of the frame. Anything else is errFrame.
func parseTask(frame []byte) (Task, error) {
	if len(frame) < headLength || len(frame) < headLength+int(frame[headLength-1]) {
		return Task{}, errFrame
	}
	salt := headLength + int(frame[headLength-1])
	t := Task{
		Memory: binary.BigEndian.Uint32(frame), Passes: binary.BigEndian.Uint32(frame[4:]), Lanes: frame[8], KeyLength: frame[9],
		Salt: frame[headLength:salt], Password: frame[salt:],
	}
	if !bounded(cost{t.Memory, t.Passes, t.Lanes}, len(t.Salt), int(t.KeyLength)) {
		return Task{}, errFrame
	}
	return t, nil
}

// readFrame reads a frame; io.EOF when there is none.
func readFrame(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > mostFrame {
		return nil, errFrame
	}
	frame := make([]byte, n)
	if _, err := io.ReadFull(r, frame); err != nil {
		return nil, fmt.Errorf("password: the frame has no end: %w", err)
	}
	return frame, nil
}

// writeFrame writes a frame at once, and wipes what it copied.
func writeFrame(w io.Writer, frame []byte) error {
	if len(frame) > mostFrame {
		return errFrame
	}
	whole := append(binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(frame)), uint32(len(frame))), frame...)
	defer clear(whole)
	_, err := w.Write(whole)
	return err
}
