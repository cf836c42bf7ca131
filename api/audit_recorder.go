package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"jingwei/geo"
)

const (
	// viewWindow is how long looking again at the same counts as one view.
	viewWindow = time.Minute
	// mostViews is how many views wait to be written, before requests do.
	mostViews = 2000
	// viewsAtOnce is how many views one transaction writes.
	viewsAtOnce = 500
	// viewPatience is how long a request waits until there is room for its view.
	viewPatience = 300 * time.Millisecond
	// viewLimit is how long one writing may take.
	viewLimit = 10 * time.Second
	// Pauses after writings that failed.
	firstViewPause, lastViewPause = 100 * time.Millisecond, 2 * time.Second
	// mostSeenViews bounds what is remembered to tell views from looking again.
	mostSeenViews = 50_000
)

// view is what counts as one within viewWindow.
type view struct {
	account geo.ID
	name    string
	via     geo.Via
	address string
	session geo.ID
	action  string
	object  geo.AuditObject
}

// viewRecorder writes views, and sign-ins that failed, into the audit while their requests go on. What it has taken is written in the end, unless
// the process dies; it takes no more than it has room for. It runs only while there is something to write.
type viewRecorder struct {
	audit Audit
	now   func() time.Time
	log   *slog.Logger
	room  slots // of views that are taken and not written

	mu      sync.Mutex
	seen    map[view]time.Time
	waiting []geo.AuditEntry
	idle    chan struct{} // nil while nothing is written, closed when all is
}

func newViewRecorder(c Config) *viewRecorder {
	return &viewRecorder{audit: c.Audit, now: c.Now, log: c.Log, room: make(slots, mostViews), seen: map[view]time.Time{}}
}

// record takes a view, unless it is the same as one of the last minute. No room within viewPatience is
// geo.ErrUnavailable.
func (r *viewRecorder) record(ctx context.Context, session geo.ID, e geo.AuditEntry) error {
	if err := e.Validate(); err != nil {
		return fmt.Errorf("view: %w: %v", errView, err)
	}
	a := e.Actor
	v := view{a.Account, a.Name, a.Via, a.Address, session, e.Action, e.Object}
	if r.again(v) {
		return nil
	}
	return r.put(ctx, e, &v)
}

// put takes an entry, as the view v if there is one.
func (r *viewRecorder) put(ctx context.Context, e geo.AuditEntry, v *view) error {
	if err := r.makeRoom(ctx); err != nil {
		return err
	}
	r.take(ctx, e, v)
	return nil
}

// errView is a mistake of the program, not of the client's.
var errView = errors.New("this cannot be told in the audit")

func (r *viewRecorder) again(v view) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.seen[v]
	return ok && r.now().Sub(at) < viewWindow
}

func (r *viewRecorder) makeRoom(ctx context.Context) error {
	if r.room.take() {
		return nil
	}
	patience := time.NewTimer(viewPatience)
	defer patience.Stop()
	select {
	case r.room <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-patience.C:
		return &geo.Error{Kind: geo.ErrUnavailable, Message: "this cannot be recorded in the audit at the moment, and it does not happen unrecorded; try again in a few seconds"}
	}
}

func (r *viewRecorder) take(ctx context.Context, e geo.AuditEntry, v *view) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v != nil {
		r.remember(*v)
	}
	r.waiting = append(r.waiting, e)
	if r.idle == nil {
		r.idle = make(chan struct{})
		go r.write(context.WithoutCancel(ctx))
	}
}

// remember notes when a view was taken; what is older than viewWindow is forgotten when there is much of it.
func (r *viewRecorder) remember(v view) {
	now := r.now()
	if len(r.seen) >= mostSeenViews {
		maps.DeleteFunc(r.seen, func(_ view, at time.Time) bool { return now.Sub(at) >= viewWindow })
	}
	if len(r.seen) >= mostSeenViews {
		clear(r.seen) // some are written twice, none is left out
	}
	r.seen[v] = now
}

// write writes all that waits, and ends.
func (r *viewRecorder) write(ctx context.Context) {
	for batch := r.next(); len(batch) > 0; batch = r.next() {
		r.deliver(ctx, batch)
		for range batch {
			r.room.free()
		}
	}
}

// deliver writes a batch, again and again while that fails. What will never be taken, which is a mistake of the program,
// goes into the log instead and keeps nothing else out.
func (r *viewRecorder) deliver(ctx context.Context, batch []geo.AuditEntry) {
	pause := firstViewPause
	for {
		err := r.writeBatch(ctx, batch)
		switch {
		case err == nil:
			return
		case errors.Is(err, geo.ErrInvalid) && len(batch) > 1:
			for i := range batch {
				r.deliver(ctx, batch[i:i+1])
			}
			return
		case errors.Is(err, geo.ErrInvalid):
			r.log.ErrorContext(ctx, "the audit refuses an entry", "entry", batch[0], "error", err)
			return
		}
		r.log.WarnContext(ctx, "views cannot be written into the audit; trying again", "views", len(batch), "error", err)
		time.Sleep(pause)
		pause = min(2*pause, lastViewPause)
	}
}

// next returns what is written next; nothing when all is written.
func (r *viewRecorder) next() []geo.AuditEntry {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(len(r.waiting), viewsAtOnce)
	batch := r.waiting[:n:n]
	r.waiting = r.waiting[n:]
	if n == 0 {
		r.waiting = nil
		close(r.idle)
		r.idle = nil
	}
	return batch
}

func (r *viewRecorder) writeBatch(ctx context.Context, batch []geo.AuditEntry) error {
	ctx, cancel := context.WithTimeout(ctx, viewLimit)
	defer cancel()
	return r.audit.RecordAudit(ctx, batch...)
}

// flush waits until all that was taken is written.
func (r *viewRecorder) flush(ctx context.Context) error {
	r.mu.Lock()
	idle := r.idle
	r.mu.Unlock()
	if idle == nil {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%d views are lost to the audit: %w", len(r.room), ctx.Err())
	}
}
