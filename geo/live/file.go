package live

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"

	"jingwei/geo"
)

// A file holds snapshots of the editions of one layer at one position, so that a node that starts again need not read the
// layer from the database. It is columns as they lie in memory, aligned to 8 bytes and in the byte order of the machine, to
// be mapped:
//
//	head       magic, version, byte order
//	runs       of each chunk its columns, one after the other; of each dictionary of paths its nodes
//	directory  JSON: what the rows are of and where everything stands, with a checksum (CRC-32C) of each run
//	tail       where the directory stands, checksums of it, of the head and of the tail itself
//
// Every byte is under a checksum, and all are verified before any is believed.
const (
	fileMagic = "JWLIVE\r\n"
	fileEnd   = "\nEVILWJ\n"
	// fileVersion grows with every change of the format: also when a column is added to chunks, or derived otherwise.
	fileVersion = 1
	byteOrder   = 0x01020304
	headSize    = 16
	tailSize    = 32
	alignment   = 8
)

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) } // kept by the package, and done by the processor

// directoryOfFile says what a file holds. All of it must be as the reader expects.
type directoryOfFile struct {
	Encoder  int
	Schema   string
	Origin   string
	Position string
	Editions []editionInFile
}

type editionInFile struct {
	Edition string
	Values  [][][]byte // of category columns, by slot and code
	Paths   []pathsInFile
	Chunks  []chunkInFile
	Delta   []chunkInFile // rows of the delta, in order, as chunks
}

type pathsInFile struct {
	Nodes, Longest int
	Run            run
}

type chunkInFile struct {
	Rows                         int
	LastFrom, FirstTo, FirstNext geo.Day
	Run                          run
}

// run is a part of a file under one checksum. Columns are parts of it, in bytes from its beginning.
type run struct {
	Offset, Length int64
	CRC            uint32
	Columns        map[string]piece
}

type piece struct{ Offset, Length int64 }

// schema names everything that the rows of a layer depend on beside the database: the columns, what the public edition makes
// of a point, and how keys and hashes are made, of which a few points are proof.
func (c *columns) schema() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %t", c.layer.Name, c.layer.Generalise != nil)
	for _, col := range c.layer.Columns {
		fmt.Fprintf(h, " %q %d %t %t %t", col.Name, col.Role, col.Public, col.Counted, col.Sought)
	}
	for i := range 64 {
		p := c.probe(uint64(i))
		fmt.Fprintf(h, " %d %x", keyOf(p.At), preceded(c.hashOf(p), p.Valid.From))
		if c.layer.Generalise != nil {
			p = c.layer.Generalise(p)
			fmt.Fprintf(h, " %v %d %d", p.At, p.Division, p.Valid)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// probe returns a point that depends on i alone.
func (c *columns) probe(i uint64) geo.Point {
	p := geo.Point{
		ID: geo.ID(i + 1), Public: true, Division: geo.DivisionCode(330_102_001_001 + mix(i)%1000),
		At:    geo.Position{Lon: int32(mix(i)%3_600_000_000 - 1_800_000_000), Lat: int32(mix(i+64)%1_800_000_000 - 900_000_000)},
		Valid: geo.DayRange{From: geo.Day(i), To: geo.MaxDay},
	}
	for n := range c.layer.Columns {
		p.Values = append(p.Values, fmt.Sprint(i*uint64(n)))
	}
	return p
}
