package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"jingwei/geo"
)

// sealEvery is how often what was written into the audit is sealed.
const sealEvery = time.Second

// auditChain is what a sealer works on.
type auditChain interface {
	SealAudit(ctx context.Context) (int, error)
	AuditHead(ctx context.Context, known geo.AuditHead) (head geo.AuditHead, holds bool, err error)
}

// sealer seals the audit and notes the head of its chain in the data directory.
type sealer struct {
	chain  auditChain
	dir    string
	log    *slog.Logger
	head   geo.AuditHead // as noted
	ready  bool          // head was read
	broken string        // what was last said to be wrong; "" while all is well
}

// run seals until ctx is done.
func (s *sealer) run(ctx context.Context) error {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		s.say(ctx, s.seal(ctx))
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// seal seals what there is, and notes the head.
func (s *sealer) seal(ctx context.Context) error {
	if !s.ready {
		head, err := readHead(s.dir)
		if err != nil {
			return err
		}
		s.head, s.ready = head, true
	}
	if _, err := s.chain.SealAudit(ctx); err != nil {
		return err
	}
	head, holds, err := s.chain.AuditHead(ctx, s.head)
	switch {
	case err != nil:
		return err
	case !holds: // what was noted is the evidence: it stays
		return fmt.Errorf("seal %d of the audit, which was noted here, is not in the database any more: its end was removed or altered, or an older backup was restored; jingwei doctor tells more", s.head.N)
	case head == s.head:
		return nil
	}
	if err := writeHead(s.dir, head); err != nil {
		return err
	}
	s.head = head
	return nil
}

// say logs what is wrong when it begins and when it is over, not each second.
func (s *sealer) say(ctx context.Context, err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text == s.broken || ctx.Err() != nil {
		return
	}
	if s.broken = text; err != nil {
		s.log.Error("the audit is not sealed, or its head not noted; trying again each second", "error", err)
		return
	}
	s.log.Info("the audit is sealed again")
}
