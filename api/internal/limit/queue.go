package limit

import "container/heap"

// queue holds buckets with the one in front that is full first; the zero value is empty. Nothing else than its methods
// changes their place.
type queue struct{ byTime byTime }

func (q *queue) add(b *bucket)   { heap.Push(&q.byTime, b) }
func (q *queue) moved(b *bucket) { heap.Fix(&q.byTime, b.place) }
func (q *queue) removeFirst()    { heap.Pop(&q.byTime) }

// first returns the bucket in front, nil when there is none.
func (q *queue) first() *bucket {
	if len(q.byTime) == 0 {
		return nil
	}
	return q.byTime[0]
}

// byTime is the heap of a queue; its methods are those of heap.Interface.
type byTime []*bucket

func (h byTime) Len() int           { return len(h) }
func (h byTime) Less(i, j int) bool { return h[i].full.Before(h[j].full) }

func (h byTime) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

func (h *byTime) Push(x any) {
	b := x.(*bucket)
	b.place = len(*h)
	*h = append(*h, b)
}

func (h *byTime) Pop() any {
	last := len(*h) - 1
	b := (*h)[last]
	(*h)[last] = nil // let go of it
	*h = (*h)[:last]
	return b
}
