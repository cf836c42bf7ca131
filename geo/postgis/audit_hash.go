package postgis

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strings"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// How a seal is computed, version 1: SHA-256 over a sequence of fields, each its length in bytes as four bytes, most
// significant first, and then the bytes; ffffffff and nothing stands for null. Fields are values in PostgreSQL's binary
// form of exchange, in which a bigint is eight bytes, a time its microseconds since 2000 as eight bytes, and a text
// its UTF-8; jsonb, multirange and snapshot are taken as texts. First comes auditFormat; then each row of the seal, in
// the order of ids, with the columns of auditColumns; then what the seal says of itself: n, at, ids, entries, life,
// snapshot and the hash of the seal before.
const auditFormat = "jingwei audit 1"

// auditColumns are all columns of jingwei.audit: what were not hashed could be altered.
const auditColumns = `a.id, a.xid, a.at, a.account_id, a.actor, a.via, a.address, a.action, a.kind, a.object_id, a.path,
       a.before::text, a.after::text, a.request_id`

// inBinary asks for all columns in the binary form that is hashed.
func inBinary() pgx.QueryResultFormats { return pgx.QueryResultFormats{pgx.BinaryFormatCode} }

// seal is a row of jingwei.audit_seal, before and after it is computed.
type seal struct {
	n        int64
	at       []byte // in binary, as it is hashed
	ids      string
	entries  int32
	life     string
	snapshot string
	previous []byte
	hash     []byte
}

// sealHash takes in the rows of one seal.
type sealHash struct{ sum hash.Hash }

func newSealHash() sealHash {
	h := sealHash{sha256.New()}
	h.field([]byte(auditFormat))
	return h
}

func (h sealHash) field(value []byte) {
	length := uint32(len(value))
	if value == nil {
		length = 1<<32 - 1
	}
	h.sum.Write(binary.BigEndian.AppendUint32(nil, length))
	h.sum.Write(value)
}

func (h sealHash) row(raw [][]byte) {
	for _, value := range raw {
		h.field(value)
	}
}

// close returns the hash of the seal s, whose rows were taken in.
func (h sealHash) close(s seal) []byte {
	h.field(binary.BigEndian.AppendUint64(nil, uint64(s.n)))
	h.field(s.at)
	h.field([]byte(s.ids))
	h.field(binary.BigEndian.AppendUint32(nil, uint32(s.entries)))
	h.field([]byte(s.life))
	h.field([]byte(s.snapshot))
	h.field(s.previous)
	return h.sum.Sum(nil)
}

// idSpan is the ids lo <= id < hi.
type idSpan struct{ lo, hi int64 }

// appendID adds an id that is greater than all in spans.
func appendID(spans []idSpan, id int64) []idSpan {
	if n := len(spans); n > 0 && spans[n-1].hi == id {
		spans[n-1].hi++
		return spans
	}
	return append(spans, idSpan{id, id + 1})
}

// formatSpans writes an int8multirange as PostgreSQL does.
func formatSpans(spans []idSpan) string {
	texts := make([]string, len(spans))
	for i, s := range spans {
		texts[i] = "[" + geo.ID(s.lo).String() + "," + geo.ID(s.hi).String() + ")"
	}
	return "{" + strings.Join(texts, ",") + "}"
}
