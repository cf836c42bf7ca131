package api

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"

	"jingwei/geo"
	"jingwei/geo/live"
)

// Bounds of the sets of objects that the database has found.
const (
	memberBytes = 128 << 20 // kept; the largest single set is kept whatever it takes
	memberTries = 6         // questions to the database until an answer is true at one position
)

var errChanging = &geo.Error{Kind: geo.ErrUnavailable, Field: paramFilter, Message: "what the filter chooses changes faster than it can be looked up; try again in a few seconds"}

var errBehind = &geo.Error{Kind: geo.ErrUnavailable, Field: paramFilter, Message: "the index has not yet seen all that the filter was asked of; try again in a few seconds"}

// memberSets finds the objects that a filter chooses by properties that the live index does not hold. What was found is
// kept and only asked again of objects that changed. It is safe for concurrent use.
type memberSets struct {
	filters Filters
	flights flights[foundSet]
	kept    *recent[*memberSet]
}

// memberSet is the ids of the objects that a filter chooses: true at the mark for all objects, but for those that changed
// after it when it was read later. Such changes are known to the index before the set is kept.
type memberSet struct {
	mark    live.Mark
	ids     []geo.ID // sorted
	members *live.Members
	tag     string // equal for equal sets, on every node
}

func (m *memberSet) bytes() int { return 8*len(m.ids) + m.members.Bytes() + sha256.Size + 256 }

// foundSet is a set with a snapshot at whose position it is true.
type foundSet struct {
	*memberSet
	snapshot *live.Snapshot
}

func newMemberSets(f Filters) *memberSets {
	return &memberSets{filters: f, kept: newRecent[*memberSet](memberBytes)}
}

// lookup is one question.
type lookup struct {
	*memberSets
	key   string
	query geo.IDQuery
	index PointIndex
}

// find returns what q chooses with a snapshot of the index, no older than the newest one of now, at whose position it is
// exactly that. When the database changes too fast for that, or takes too long, it is geo.ErrUnavailable.
func (m *memberSets) find(ctx context.Context, q geo.IDQuery, index PointIndex) (foundSet, error) {
	l := lookup{m, setKey(q), q, index}
	least := index.Snapshot()
	if least == nil {
		return foundSet{}, errLoading(index)
	}
	for range memberTries {
		if found, ok := l.present(); ok {
			return found, nil
		}
		found, _, err := m.flights.do(ctx, l.key, l.renew)
		if err != nil {
			return foundSet{}, err
		}
		if covers(found.snapshot.Position(), least.Position()) { // one that began before may have found less
			return found, nil
		}
	}
	return foundSet{}, errChanging
}

func covers(a, b geo.FeedPosition) bool { return a.Epoch == b.Epoch && a.Covers(b.Snapshot) }

// setKey names what is asked. The scope stands in it, so that what one may see never answers another.
func setKey(q geo.IDQuery) string {
	sum := sha256.Sum256([]byte(q.Layer + "\x00" + q.See.Key() + "\x00" + q.Days.String() + "\x00" + q.Filter.Canonical()))
	return string(sum[:])
}

// present returns the set that is kept, when nothing has changed since. The set is taken before the snapshot: see memberSet.
func (l lookup) present() (foundSet, bool) {
	set, ok := l.kept.get(l.key)
	snapshot := l.index.Snapshot()
	if !ok || snapshot == nil {
		return foundSet{}, false
	}
	changed, known := snapshot.ChangedSince(set.mark)
	return foundSet{set, snapshot}, known && len(changed) == 0
}

// renew asks the database until what it says is true at the position of a snapshot.
func (l lookup) renew(ctx context.Context) (foundSet, error) {
	for range memberTries {
		set, ok := l.kept.get(l.key)
		snapshot := l.index.Snapshot()
		if snapshot == nil {
			return foundSet{}, errLoading(l.index)
		}
		if !ok {
			if err := l.askAll(ctx, snapshot); err != nil {
				return foundSet{}, err
			}
			continue
		}
		changed, known := snapshot.ChangedSince(set.mark)
		switch {
		case !known:
			l.kept.drop(l.key)
			continue
		case len(changed) == 0:
			return foundSet{set, snapshot}, nil
		}
		if renewed, err := l.askSome(ctx, snapshot, set, changed); err != nil || renewed != nil {
			return foundSet{renewed, snapshot}, err
		}
	}
	return foundSet{}, errChanging
}

// ask returns what the query chooses, when the index has seen all that the database then had. It is not ok when the database
// is behind the index.
func (l lookup) ask(ctx context.Context, q geo.IDQuery, snapshot *live.Snapshot) (ids []geo.ID, ok bool, err error) {
	ids, at, err := l.filters.FilteredIDs(ctx, q)
	if err != nil || !covers(at, snapshot.Position()) {
		return nil, false, err
	}
	if err := waitBounded(ctx, l.index, at); err != nil {
		if ctx.Err() == nil { // whatever it is, it is not what the client gave
			err = fmt.Errorf("%w: %w", errBehind, err)
		}
		return nil, false, err
	}
	return ids, true, nil
}

// askAll asks of all objects, and keeps the answer.
func (l lookup) askAll(ctx context.Context, snapshot *live.Snapshot) error {
	ids, ok, err := l.ask(ctx, l.query, snapshot)
	if ok && err == nil {
		l.kept.put(l.key, newMemberSet(snapshot.Mark(), ids, l.query))
	}
	return err
}

// askSome asks of the objects that changed since the set was true, and keeps the answer: true at the snapshot, unless one of
// them has changed again meanwhile. Then there is none.
func (l lookup) askSome(ctx context.Context, snapshot *live.Snapshot, set *memberSet, changed []geo.ID) (*memberSet, error) {
	q := l.query
	q.Among = changed
	ids, ok, err := l.ask(ctx, q, snapshot)
	now := l.index.Snapshot()
	if err != nil || !ok || now == nil {
		return nil, err
	}
	again, known := now.ChangedSince(snapshot.Mark())
	twice := func(id geo.ID) bool { _, found := slices.BinarySearch(changed, id); return found }
	if !known || slices.ContainsFunc(again, twice) {
		return nil, nil
	}
	renewed := newMemberSet(snapshot.Mark(), merged(set.ids, changed, ids), q)
	l.kept.put(l.key, renewed)
	return renewed, nil
}

// merged returns ids without those that changed, and with those of them that were found again. All are sorted.
func merged(ids, changed, again []geo.ID) []geo.ID {
	out := make([]geo.ID, 0, len(ids)+len(again))
	for _, id := range ids {
		if len(changed) > 0 && changed[0] < id {
			n, _ := slices.BinarySearch(changed, id)
			changed = changed[n:]
		}
		if len(changed) == 0 || changed[0] != id {
			out = append(out, id)
		}
	}
	out = append(out, again...)
	slices.Sort(out)
	return out
}

func newMemberSet(mark live.Mark, ids []geo.ID, q geo.IDQuery) *memberSet {
	hash := sha256.New()
	var b [8]byte
	for _, id := range ids {
		binary.BigEndian.PutUint64(b[:], uint64(id))
		_, _ = hash.Write(b[:]) // never fails
	}
	tag := hex.EncodeToString(hash.Sum(nil)[:16])
	return &memberSet{mark: mark, ids: ids, tag: tag, members: live.NewMembers(ids, q.Filter.Canonical()+"@"+tag)}
}
