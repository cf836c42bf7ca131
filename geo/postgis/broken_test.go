package postgis_test

import (
	"errors"
	"syscall"
	"testing"

	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/postgis/private"
)

// TestKilledServerIsUnavailable: connections that ended with the server say so until each has been replaced.
func TestKilledServerIsUnavailable(t *testing.T) {
	cluster, dir, s := newPrimary(t)
	org := s.create(t, content("one"))
	if err := private.Signal(dir, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-cluster.Done()
	cluster.Stop(t.Context()) // ends backends that have not noticed yet
	ask := func() error {
		_, err := s.Position(t.Context())
		_, another := s.Organization(t.Context(), geo.Everywhere(), org.ID)
		return errors.Join(err, another)
	}
	for range 10 {
		if err := ask(); !errors.Is(err, geo.ErrUnavailable) {
			t.Errorf("without a server: %v", err)
		}
	}
	geotest.StartCluster(t, dir)
	for range 10 {
		if err := ask(); err != nil && !errors.Is(err, geo.ErrUnavailable) {
			t.Errorf("with a new server: %v", err)
		}
	}
	if err := ask(); err != nil {
		t.Errorf("after all connections were replaced: %v", err)
	}
}
