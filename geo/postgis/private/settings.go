package private

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

const mib = 1 << 20

// settings returns the defaults for a machine with so many bytes of memory.
func settings(memory int64, fast bool) string {
	var b strings.Builder
	b.WriteString("# Written by Jingwei at each start. Use ALTER SYSTEM SET for your own choice.\n")
	set := func(name, value string) { fmt.Fprintf(&b, "%s = %s\n", name, value) }
	share := func(part, least, most int64) string {
		return strconv.FormatInt(min(max(memory/part, least*mib), most*mib)/mib, 10) + "MB"
	}
	set("shared_buffers", share(8, 32, 256))
	set("effective_cache_size", share(2, 256, 64<<10))
	set("work_mem", share(256, 4, 32))
	set("maintenance_work_mem", share(32, 32, 256))
	// Above the 40 that all pools of the program take together at most (the store caps them), so that psql, pg_dump and
	// a subcommand beside the server always get in. superuser_reserved_connections cannot see to that: everybody here is
	// the superuser. Raise both together.
	set("max_connections", "60")
	set("random_page_cost", "1.1")
	set("jit", "off") // costs more than it gives on queries of milliseconds
	// Loads touch pages all over the indexes, and each is logged whole once after a checkpoint: few checkpoints, and no
	// compression, which took most of the time of a load.
	set("max_wal_size", share(8, 1024, 4096))
	set("wal_compression", "off")
	set("timezone", "'UTC'")
	set("log_timezone", "'UTC'")
	set("log_line_prefix", "'%m [%p] %d '")
	set("log_checkpoints", "off")
	set("log_min_duration_statement", "'5s'")
	set("log_parameter_max_length", "0") // values may be words of a report: they do not belong in a log
	if smallSharedMemory() {
		set("dynamic_shared_memory_type", "mmap") // a container's /dev/shm of 64 MB fails parallel queries
	}
	if fast {
		set("fsync", "off")
		set("full_page_writes", "off")
		set("autovacuum", "off")
		set("max_wal_size", "512MB") // a test's cluster may stand in memory
		set("log_min_duration_statement", "-1")
		set("max_connections", "200") // several test programs at once, each with its pools
	}
	return b.String()
}

// memory returns the bytes of memory of the machine or of the control group, whichever is less; 1 GiB when unknown.
func memory() int64 {
	total := int64(1 << 30)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		if _, rest, ok := strings.Cut(string(text), "MemTotal:"); ok {
			if kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64); err == nil {
				total = kb << 10
			}
		}
	}
	if text, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil {
			total = min(total, limit)
		}
	}
	return total
}

func smallSharedMemory() bool {
	var fs syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &fs); err != nil {
		return true
	}
	return int64(fs.Blocks)*fs.Bsize < 256*mib
}
