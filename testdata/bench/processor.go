package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// tick is the unit of times in /proc on every architecture of Linux that Go knows (USER_HZ).
const tick = time.Second / 100

// process is what /proc/PID/stat says of one process.
type process struct {
	parent int
	own    time.Duration // of the process itself, in user and kernel mode
	ended  time.Duration // of its children that ended
}

// ProcessorTime returns what the processes and all that descend from them have used so far, children that have ended included.
// It is exact to a hundredth of a second per process.
func ProcessorTime(pids ...int) (time.Duration, error) {
	all, err := processes()
	if err != nil {
		return 0, err
	}
	for _, pid := range pids {
		if _, ok := all[pid]; !ok {
			return 0, fmt.Errorf("there is no process %d", pid)
		}
	}
	return timeOf(all, pids), nil
}

func timeOf(all map[int]process, pids []int) (sum time.Duration) {
	wanted := map[int]bool{}
	for _, pid := range pids {
		wanted[pid] = true
	}
	for pid, p := range all {
		if descends(all, pid, wanted) {
			sum += p.own + p.ended
		}
	}
	return sum
}

func descends(all map[int]process, pid int, from map[int]bool) bool {
	for range len(all) {
		if from[pid] {
			return true
		}
		p, ok := all[pid]
		if !ok {
			return false
		}
		pid = p.parent
	}
	return false
}

func processes() (map[int]process, error) {
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	all := map[int]process{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended since
		}
		pid, p, err := parseStat(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all[pid] = p
	}
	return all, nil
}

// parseStat reads a line of /proc/PID/stat (proc(5)). The name of the program, in brackets, may hold blanks and brackets.
func parseStat(text []byte) (pid int, p process, err error) {
	begin, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if begin < 0 || end < begin {
		return 0, p, fmt.Errorf("%q is no line of a process", text)
	}
	fields := bytes.Fields(text[end+1:])
	if len(fields) < 15 {
		return 0, p, fmt.Errorf("%q has too few fields", text)
	}
	numbers := make([]int, 0, 6)
	for _, field := range [][]byte{bytes.TrimSpace(text[:begin]), fields[1], fields[11], fields[12], fields[13], fields[14]} {
		n, err := strconv.Atoi(string(field))
		if err != nil {
			return 0, p, fmt.Errorf("%q: %w", text, err)
		}
		numbers = append(numbers, n)
	}
	p = process{
		parent: numbers[1],
		own:    time.Duration(numbers[2]+numbers[3]) * tick,
		ended:  time.Duration(numbers[4]+numbers[5]) * tick,
	}
	return numbers[0], p, nil
}
