// Package private runs a PostgreSQL cluster of Jingwei's own: found on the machine, made at the first start, reached
// over a unix socket that only its owner (and root) can open, and stopped with the program.
//
// The cluster lives in DIR/postgres. Where the server cannot use that folder (the program runs as root, PostgreSQL
// refuses to, and the unprivileged account may not enter a folder above; or the path is too long for PostgreSQL) it
// lives in /var/lib/jingwei, in a folder of a random name, and DIR/postgres, a symbolic link, is the only reference to it.
// So a data directory that is moved takes its cluster along, and a new one on the old path gets another.
//
// Nothing here speaks TCP. Authentication is "trust" on a socket in a folder of mode 0700: whoever can open it could
// also read the data files. The package knows no schema; it needs Linux for the recovery of clusters whose program
// was killed (it reads /proc).
package private
