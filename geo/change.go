package geo

import (
	"slices"
	"strconv"
	"strings"
)

// Operations of the change feed.
const (
	OpUpsert = "upsert" // the object was created or altered: read it again
	OpDelete = "delete" // the object is gone
	OpReload = "reload" // the whole layer was loaded or emptied: read all of it again
)

// Change says that an object of a layer differs from what it was.
type Change struct {
	Seq   int64
	Layer string
	ID    ID // 0 for OpReload
	Op    string
}

// Snapshot is a PostgreSQL snapshot (pg_snapshot): which transactions' effects are seen. A transaction is visible when
// it is below Xmax and not in progress. The zero value sees nothing.
type Snapshot struct {
	Xmin, Xmax uint64
	InProgress []uint64 // sorted; all in Xmin <= x < Xmax
}

// ParseSnapshot reads the text form of pg_snapshot, "xmin:xmax:xip,xip".
func ParseSnapshot(s string) (Snapshot, error) {
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return Snapshot{}, Invalid("position", "%q is not a feed position", s)
	}
	xmin, err1 := strconv.ParseUint(parts[0], 10, 64)
	xmax, err2 := strconv.ParseUint(parts[1], 10, 64)
	if err1 != nil || err2 != nil || xmin > xmax {
		return Snapshot{}, Invalid("position", "%q is not a feed position", s)
	}
	snap := Snapshot{Xmin: xmin, Xmax: xmax}
	if parts[2] == "" {
		return snap, nil
	}
	last := uint64(0)
	for x := range strings.SplitSeq(parts[2], ",") {
		v, err := strconv.ParseUint(x, 10, 64)
		if err != nil || v < xmin || v >= xmax || v <= last {
			return Snapshot{}, Invalid("position", "%q is not a feed position", s)
		}
		last = v
		snap.InProgress = append(snap.InProgress, v)
	}
	return snap, nil
}

// String returns the text form of pg_snapshot.
func (s Snapshot) String() string {
	b := strconv.AppendUint(nil, s.Xmin, 10)
	b = append(b, ':')
	b = strconv.AppendUint(b, s.Xmax, 10)
	b = append(b, ':')
	for i, x := range s.InProgress {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendUint(b, x, 10)
	}
	return string(b)
}

// Sees reports whether the effects of transaction xid are part of s.
func (s Snapshot) Sees(xid uint64) bool {
	if xid >= s.Xmax {
		return false
	}
	_, running := slices.BinarySearch(s.InProgress, xid)
	return !running
}

// Covers reports whether s sees every transaction that t sees.
func (s Snapshot) Covers(t Snapshot) bool {
	if s.Xmax < t.Xmax {
		return false
	}
	for _, x := range s.InProgress {
		if t.Sees(x) {
			return false
		}
	}
	return true
}

// FeedPosition is a point of the change feed: the feed's epoch, which changes when the database is restored or
// replaced, and what is seen in it. Its text form is the header Jingwei-Position and the parameter ?after=.
type FeedPosition struct {
	Epoch string
	Snapshot
}

// ParseFeedPosition reads "epoch.xmin:xmax:xips"; wrong input is ErrInvalid with the field "after".
func ParseFeedPosition(s string) (FeedPosition, error) {
	epoch, rest, ok := strings.Cut(s, ".")
	if !ok || epoch == "" {
		return FeedPosition{}, Invalid("after", "%q is not a feed position: use a value of the header Jingwei-Position", s)
	}
	snap, err := ParseSnapshot(rest)
	if err != nil {
		return FeedPosition{}, Invalid("after", "%q is not a feed position: use a value of the header Jingwei-Position", s)
	}
	return FeedPosition{Epoch: epoch, Snapshot: snap}, nil
}

// String returns the text form that ParseFeedPosition reads.
func (p FeedPosition) String() string { return p.Epoch + "." + p.Snapshot.String() }
