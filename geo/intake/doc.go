// Package intake reads the files in which divisions come: tables of an edition, the history of codes, tables of pinyin.
// It reads line by line and keeps no file in memory as text. Whatever a row breaks is said as a Refusal with the number
// of its line; the other rows arrive. It knows no database and no clock.
//
// Files are CSV (RFC 4180, but a field ends on its line), UTF-8 with or without a byte order mark, plain or gzip. The
// first line names the columns, in any order; columns without a known name are ignored.
package intake
