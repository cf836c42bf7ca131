package live

import (
	"slices"
	"sync"

	"jingwei/geo"
)

// Mark names a state of the objects of an index: see ChangedSince. The zero value names none.
type Mark struct{ load, change uint64 }

// mostChanges is how many ids the log of an index holds.
const mostChanges = 100_000

// changeLog holds which objects were changed last, also those of which the edition shows nothing and those of which it shows
// the same as before.
type changeLog struct {
	mu      sync.Mutex
	now     Mark
	entries []changeEntry // in the order of their marks
	count   int           // ids in them
	lost    uint64        // the last change that is no longer held
}

type changeEntry struct {
	change uint64
	ids    []geo.ID
}

// add takes in the ids of one change; none at all is no change.
func (l *changeLog) add(ids []geo.ID) {
	if len(ids) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.change++
	l.entries = append(l.entries, changeEntry{l.now.change, slices.Clone(ids)})
	l.count += len(ids)
	for l.count > mostChanges {
		l.lost, l.count = l.entries[0].change, l.count-len(l.entries[0].ids)
		l.entries = slices.Delete(l.entries, 0, 1)
	}
}

// reload forgets everything: all objects may have changed.
func (l *changeLog) reload() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.load++
	l.entries, l.count, l.lost = nil, 0, l.now.change
}

func (l *changeLog) mark() Mark {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// between returns the ids of the changes after one mark up to another; false when they are not all held.
func (l *changeLog) between(after, upTo Mark) ([]geo.ID, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if after.load != upTo.load || upTo.load != l.now.load || after.change < l.lost {
		return nil, false
	}
	var ids []geo.ID
	for _, e := range l.entries {
		if after.change < e.change && e.change <= upTo.change {
			ids = append(ids, e.ids...)
		}
	}
	return sortedIDs(ids), true
}

// Mark returns the state that the snapshot shows.
func (s *Snapshot) Mark() Mark { return s.mark }

// ChangedSince returns the ids of the objects that the database changed between an earlier state of the same index and that
// of the snapshot, sorted, each once: also those whose rows are the same as before in the index, since it does not hold
// everything that is said of an object. False when that is not known, after a load or more than 100,000 changes.
func (s *Snapshot) ChangedSince(m Mark) ([]geo.ID, bool) { return s.log.between(m, s.mark) }
