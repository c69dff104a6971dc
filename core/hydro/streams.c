/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stream links in one pass over the cells from upstream to downstream; see streams.h. */
#include "hydro/streams.h"

#include <limits.h>
#include <math.h>

#include "base/alloc.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"

typedef struct net {
    const tl_grid *surface;
    const tl_d8 *d8;
    const tl_streams_options *options;
    tl_cells cells;
    double *count;        /* [n] cells that drain through */
    double *area;         /* [n] m2; NULL where all cells are equal */
    double *row_m2;       /* [nrow] area of the cells of a row */
    double cell_m2;       /* their area then */
    int *link_of;         /* [n] 1 + link that owns a stream cell, 0 = no stream */
    unsigned char *state; /* [n] what the nodes make of a cell; NULL without nodes */
    tl_streams *out;
    ptrdiff_t room; /* links that fit into out->link */
} net;

enum { ACTIVE = 1, PARTED = 2, INLET = 4 };

static double area_of(const net *w, ptrdiff_t at) {
    return w->area == NULL ? w->count[at] * w->cell_m2 : w->area[at];
}

static int reaches(const net *w, ptrdiff_t at) {
    const tl_streams_options *o = w->options;
    return (o->threshold_cells > 0.0 && w->count[at] >= o->threshold_cells) ||
           (o->threshold_m2 > 0.0 && area_of(w, at) >= o->threshold_m2);
}

static int is_stream(const net *w, ptrdiff_t at) {
    return (w->state == NULL || (w->state[at] & ACTIVE) != 0) && reaches(w, at);
}

static int is_node(const net *w, ptrdiff_t at, int kind) {
    return w->state != NULL && (w->state[at] & kind) != 0;
}

/* Cells count that lie above a node, and not above the next inlet on the way to it. */
static void mark_states(net *w) {
    const tl_streams_options *o = w->options;
    for (ptrdiff_t i = 0; i < o->n_node; i++) {
        w->state[o->node[i].cell] = o->node[i].is_inlet ? INLET : PARTED;
    }
    for (ptrdiff_t k = w->d8->n_order - 1; k >= 0; k--) {
        const ptrdiff_t at = w->d8->order[k];
        const ptrdiff_t next = tl_d8_next(w->d8, at);
        const int below = next >= 0 && (w->state[next] & ACTIVE) != 0;
        if (w->state[at] != INLET && (below || w->state[at] == PARTED)) {
            w->state[at] |= ACTIVE;
        }
    }
}

static ptrdiff_t node_at(const net *w, ptrdiff_t at) {
    ptrdiff_t i = w->options->n_node - 1;
    while (i >= 0 && w->options->node[i].cell != at) {
        i--;
    }
    return i;
}

static tl_code add_link(net *w, ptrdiff_t top, ptrdiff_t *number, tl_err *err) {
    tl_streams *s = w->out;
    if (s->n_link == INT_MAX - 1) {
        return tl_fail(err, TL_DATA, "streams: more than %d links; raise the threshold", INT_MAX);
    }
    if (s->n_link == w->room) {
        const ptrdiff_t room = w->room == 0 ? 256 : 2 * w->room;
        tl_link *more = tl_grow(s->link, w->room, room, sizeof *more);
        if (more == NULL) {
            return tl_fail(err, TL_NOMEM, "streams: out of memory for %td links", room);
        }
        s->link = more;
        w->room = room;
    }
    s->link[s->n_link] = (tl_link){.downstream = -1,
                                   .upstream = {-1, -1},
                                   .order = 1,
                                   .magnitude = 1,
                                   .node = -1,
                                   .top = top,
                                   .upstream_m2 = area_of(w, top),
                                   .downstream_m2 = area_of(w, top)};
    *number = s->n_link++;
    return TL_OK;
}

/* Joins the links a and b into a new one that begins at the junction cell. */
static tl_code join(net *w, ptrdiff_t junction, ptrdiff_t a, ptrdiff_t b, ptrdiff_t *number,
                    tl_err *err) {
    TL_TRY(add_link(w, junction, number, err));
    tl_link *link = w->out->link;
    tl_link *new_link = &link[*number];
    link[a].downstream = *number;
    link[b].downstream = *number;
    new_link->upstream[0] = a;
    new_link->upstream[1] = b;
    new_link->magnitude = link[a].magnitude + link[b].magnitude;
    new_link->order = link[a].order == link[b].order
                          ? link[a].order + 1
                          : (link[a].order > link[b].order ? link[a].order : link[b].order);
    return TL_OK;
}

/* The link that leaves the cell of a node downwards. */
static tl_code leave_node(net *w, ptrdiff_t cell, ptrdiff_t *number, tl_err *err) {
    TL_TRY(add_link(w, cell, number, err));
    tl_link *below = &w->out->link[*number];
    below->begins_at_node = 1;
    if (w->link_of[cell] > 0) {
        tl_link *above = &w->out->link[w->link_of[cell] - 1];
        above->downstream = *number;
        below->upstream[0] = w->link_of[cell] - 1;
        below->order = above->order;
        below->magnitude = above->magnitude;
    }
    return TL_OK;
}

/* The links that flow into a cell, higher orders first, equal orders in the order N ... NW. */
static tl_code find_inflows(net *w, ptrdiff_t at, ptrdiff_t found[TL_NEIGHBOURS], int *n_found,
                            tl_err *err) {
    int n = 0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t from = tl_neighbour(w->surface, at / w->d8->ncol, at % w->d8->ncol, i);
        if (from < 0 || tl_d8_next(w->d8, from) != at ||
            (w->link_of[from] == 0 && !is_node(w, from, INLET))) {
            continue;
        }
        ptrdiff_t number = w->link_of[from] - 1;
        if (is_node(w, from, INLET | PARTED)) {
            TL_TRY(leave_node(w, from, &number, err));
        }
        const tl_link *link = w->out->link;
        int k = n++;
        for (; k > 0 && link[found[k - 1]].order < link[number].order; k--) {
            found[k] = found[k - 1];
        }
        found[k] = number;
    }
    *n_found = n;
    return TL_OK;
}

/* Gives a stream cell to the link that it continues, or to a new one at sources and junctions. */
static tl_code take_cell(net *w, ptrdiff_t at, tl_err *err) {
    ptrdiff_t above[TL_NEIGHBOURS];
    int n = 0;
    TL_TRY(find_inflows(w, at, above, &n, err));
    ptrdiff_t number;
    if (n == 0) {
        TL_TRY(add_link(w, at, &number, err));
    } else {
        number = above[0];
    }
    for (int k = 1; k < n; k++) {
        const ptrdiff_t a = number;
        TL_TRY(join(w, at, a, above[k], &number, err));
        if (k < n - 1) {
            /* A link of no length: nothing but the two streams drains through it. */
            tl_link *link = w->out->link;
            link[number].upstream_m2 = link[a].downstream_m2 + link[above[k]].downstream_m2;
            link[number].downstream_m2 = link[number].upstream_m2;
        }
    }
    w->link_of[at] = (int)number + 1;
    tl_link *own = &w->out->link[number];
    own->downstream_m2 = area_of(w, at);
    own->n_own++;
    if (is_node(w, at, PARTED)) {
        own->node = node_at(w, at);
    }
    return TL_OK;
}

/* Room per link: its own cells, the node cell it begins in, and the junction cell it ends in. */
static void measure_room(tl_streams *s) {
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        tl_link *link = &s->link[i];
        const int ends_in_junction = link->downstream >= 0 && link->node < 0;
        link->n_vertex = link->n_own + link->begins_at_node + ends_in_junction;
        link->n_vertex = link->n_vertex < 2 ? 2 : link->n_vertex;
        link->first = s->n_vertex;
        link->first_own = link->first + link->n_vertex - link->begins_at_node - link->n_own;
        s->n_vertex += link->n_vertex;
    }
}

/* Lays the lines out: cells from the upper end backwards, so that the lower end is vertex 0. */
static tl_code lay_lines(net *w, tl_err *err) {
    tl_streams *s = w->out;
    measure_room(s);
    s->vertex = tl_acquire(s->n_vertex, sizeof *s->vertex);
    s->vertex_z = tl_acquire(s->n_vertex, sizeof *s->vertex_z);
    s->vertex_m2 = tl_acquire(s->n_vertex, sizeof *s->vertex_m2);
    s->vertex_m = tl_acquire(s->n_vertex, sizeof *s->vertex_m);
    ptrdiff_t *used = tl_acquire(s->n_link, sizeof *used);
    if (s->vertex == NULL || s->vertex_z == NULL || s->vertex_m2 == NULL || s->vertex_m == NULL ||
        used == NULL) {
        tl_release(used);
        return tl_fail(err, TL_NOMEM, "streams: out of memory for %td vertices", s->n_vertex);
    }
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        const tl_link *link = &s->link[i];
        if (link->begins_at_node) {
            s->vertex[link->first + link->n_vertex - 1] = link->top;
            used[i] = 1;
        }
    }
    for (ptrdiff_t k = 0; k < w->d8->n_order; k++) {
        const ptrdiff_t at = w->d8->order[k];
        if (w->link_of[at] > 0) {
            const ptrdiff_t number = w->link_of[at] - 1;
            const tl_link *link = &s->link[number];
            s->vertex[link->first + link->n_vertex - 1 - used[number]++] = at;
        }
    }
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        const tl_link *link = &s->link[i];
        const ptrdiff_t end = link->downstream >= 0 ? s->link[link->downstream].top : link->top;
        for (ptrdiff_t k = used[i]; k < link->n_vertex; k++) {
            s->vertex[link->first + link->n_vertex - 1 - k] = end;
        }
    }
    for (ptrdiff_t k = 0; k < s->n_vertex; k++) {
        s->vertex_z[k] = w->surface->data[s->vertex[k]];
        s->vertex_m2[k] = area_of(w, s->vertex[k]);
    }
    tl_release(used);
    return TL_OK;
}

static double distance(const net *w, ptrdiff_t a, ptrdiff_t b) {
    const ptrdiff_t ncol = w->d8->ncol;
    const ptrdiff_t ra = a / ncol;
    const ptrdiff_t rb = b / ncol;
    const double dx = 0.5 * (w->cells.dx_m[ra] + w->cells.dx_m[rb]);
    const double dy = 0.5 * (w->cells.dy_m[ra] + w->cells.dy_m[rb]);
    const double east = (double)(a % ncol - b % ncol) * dx;
    const double north = (double)(ra - rb) * dy;
    return sqrt(east * east + north * north);
}

/* Measures from the outlets upwards: every link comes after those above it. */
static void measure(net *w) {
    tl_streams *s = w->out;
    for (ptrdiff_t i = s->n_link - 1; i >= 0; i--) {
        tl_link *link = &s->link[i];
        const ptrdiff_t *v = s->vertex + link->first;
        const ptrdiff_t last = link->n_vertex - 1;
        link->to_outlet_end_m =
            link->downstream >= 0 ? s->link[link->downstream].to_outlet_start_m : 0.0;
        s->vertex_m[link->first] = link->to_outlet_end_m;
        for (ptrdiff_t k = 0; k < last; k++) {
            link->length_m += distance(w, v[k], v[k + 1]);
            s->vertex_m[link->first + k + 1] = link->to_outlet_end_m + link->length_m;
        }
        link->straight_m = distance(w, v[0], v[last]);
        link->drop_m = (double)w->surface->data[v[last]] - (double)w->surface->data[v[0]];
        link->slope = link->length_m > 0.0 ? link->drop_m / link->length_m : 0.0;
        link->to_outlet_start_m = link->to_outlet_end_m + link->length_m;
    }
}

/* Room for cells and, unless they follow from the cells, square metres. */
static tl_code make_room(net *w, tl_err *err) {
    const ptrdiff_t n = w->d8->nrow * w->d8->ncol;
    TL_TRY(tl_cells_init(&w->cells, w->surface, "streams", err));
    w->count = tl_acquire(n, sizeof *w->count);
    w->row_m2 = tl_acquire(w->d8->nrow, sizeof *w->row_m2);
    int all_equal = 1;
    for (ptrdiff_t row = 0; row < w->d8->nrow && w->row_m2 != NULL; row++) {
        w->row_m2[row] = w->cells.dx_m[row] * w->cells.dy_m[row];
        all_equal = all_equal && !(fabs(w->row_m2[row] - w->row_m2[0]) > 0.0);
    }
    w->cell_m2 = w->cells.dx_m[0] * w->cells.dy_m[0];
    w->area = all_equal ? NULL : tl_acquire(n, sizeof *w->area);
    if (w->count == NULL || w->row_m2 == NULL || (!all_equal && w->area == NULL)) {
        return tl_fail(err, TL_NOMEM, "streams: out of memory for %td cells", n);
    }
    return TL_OK;
}

static tl_code prepare(net *w, tl_err *err) {
    const ptrdiff_t n = w->d8->nrow * w->d8->ncol;
    const int has_nodes = w->options->n_node > 0;
    TL_TRY(make_room(w, err));
    w->link_of = tl_acquire(n, sizeof *w->link_of);
    w->state = has_nodes ? tl_acquire(n, 1) : NULL;
    if (w->link_of == NULL || (has_nodes && w->state == NULL)) {
        return tl_fail(err, TL_NOMEM, "streams: out of memory for %td cells", n);
    }
    if (has_nodes) {
        mark_states(w);
    }
    return TL_OK;
}

/* Adds the cell itself to what drains through it, which is complete when all cells above have been
 * here, and passes the sum on. */
static void pass_on(net *w, ptrdiff_t at) {
    const ptrdiff_t next = tl_d8_next(w->d8, at);
    w->count[at] += 1.0;
    if (next >= 0) {
        w->count[next] += w->count[at];
    }
    if (w->area != NULL) {
        w->area[at] += w->row_m2[at / w->d8->ncol];
        if (next >= 0) {
            w->area[next] += w->area[at];
        }
    }
}

static void free_net(net *w) {
    tl_cells_free(&w->cells);
    tl_release(w->count);
    tl_release(w->area);
    tl_release(w->row_m2);
    tl_release(w->link_of);
    tl_release(w->state);
}

static tl_code trace(net *w, const tl_progress *p, tl_err *err) {
    for (ptrdiff_t k = 0; k < w->d8->n_order; k++) {
        if (k % 65536 == 0) {
            TL_TRY(tl_progress_at(p, (double)k / (double)w->d8->n_order, err));
        }
        const ptrdiff_t at = w->d8->order[k];
        pass_on(w, at);
        if (w->count[at] > w->out->limit_cells) {
            w->out->limit_cells = w->count[at];
        }
        if (is_stream(w, at)) {
            TL_TRY(take_cell(w, at, err));
        }
    }
    if (w->out->n_link == 0) {
        return tl_fail(
            err, TL_DATA,
            "streams: no cell reaches the threshold; at most %.0f cells drain through one cell, so "
            "choose a threshold below that",
            w->out->limit_cells);
    }
    TL_TRY(lay_lines(w, err));
    measure(w);
    return tl_progress_at(p, 1.0, err);
}

static tl_code check(const tl_grid *surface, const tl_d8 *d8, const tl_streams_options *options,
                     tl_err *err) {
    if (!(options->threshold_cells > 0.0) && !(options->threshold_m2 > 0.0)) {
        return tl_fail(err, TL_ARG, "streams: the threshold is not above 0 cells or 0 m2");
    }
    if (d8->nrow != surface->nrow || d8->ncol != surface->ncol) {
        return tl_fail(err, TL_SHAPE,
                       "streams: directions are %td x %td, the surface %td x %td cells", d8->nrow,
                       d8->ncol, surface->nrow, surface->ncol);
    }
    return TL_OK;
}

tl_code tl_hydro_streams(const tl_grid *surface, const tl_d8 *d8, const tl_streams_options *options,
                         tl_streams *streams, const tl_progress *p, tl_err *err) {
    *streams = (tl_streams){.ncol = surface->ncol};
    TL_TRY(check(surface, d8, options, err));
    net w = {.surface = surface, .d8 = d8, .options = options, .out = streams};
    tl_code code = prepare(&w, err);
    if (code == TL_OK) {
        code = trace(&w, p, err);
    }
    free_net(&w);
    if (code != TL_OK) {
        tl_streams_free(streams);
    }
    return code;
}

tl_code tl_hydro_stream_mask(const tl_grid *surface, const tl_d8 *d8,
                             const tl_streams_options *options, unsigned char *mask, tl_err *err) {
    TL_TRY(check(surface, d8, options, err));
    net w = {.surface = surface, .d8 = d8, .options = options};
    const tl_code code = make_room(&w, err);
    for (ptrdiff_t k = 0; k < d8->n_order && code == TL_OK; k++) {
        pass_on(&w, d8->order[k]);
        mask[d8->order[k]] = (unsigned char)reaches(&w, d8->order[k]);
    }
    free_net(&w);
    return code;
}

void tl_streams_free(tl_streams *streams) {
    if (streams != NULL) {
        tl_release(streams->link);
        tl_release(streams->vertex);
        tl_release(streams->vertex_z);
        tl_release(streams->vertex_m2);
        tl_release(streams->vertex_m);
        *streams = (tl_streams){0};
    }
}
