package main

import (
	"log/slog"
	"os"
	"os/exec"
	"runtime/debug"
	"syscall"

	"golang.org/x/sys/unix"

	"jingwei/geo/password"
)

// idlePriority is the nice value of processes that compute hashes: whoever draws the map comes first.
const idlePriority = 19

// self is the very file that runs, also when another version has taken its place.
const self = "/proc/self/exe"

// hashCommand is what the program starts itself as, to compute hashes of passwords beside the server.
type hashCommand struct{}

// Run computes what comes on standard input until that ends.
func (*hashCommand) Run(c *console) error {
	// It is threads that have nice values: only that of the group reaches all of them. Without permission it goes on as it is.
	if unix.Getpgrp() == unix.Getpid() {
		_ = unix.Setpriority(unix.PRIO_PGRP, 0, idlePriority)
	}
	_ = os.WriteFile("/proc/self/comm", []byte("jingwei-hash"), 0) // lists of processes name it, instead of "exe"
	debug.SetGCPercent(-1)                                         // what a task used is collected when its answer has gone
	return password.Work(os.Stdin, c.out)
}

// newHashWorkers returns what computes hashes in processes of this program. They get nothing of its environment, a group of
// their own, which Ctrl+C does not reach, and end with it.
func newHashWorkers(log *slog.Logger) *password.Workers {
	return password.NewWorkers(func() *exec.Cmd {
		return &exec.Cmd{
			Path: self, Args: []string{"jingwei", "hash"}, Env: []string{"GOMAXPROCS=1"},
			SysProcAttr: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL},
		}
	}, log)
}
