/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stream links in one pass over the stream cells from upstream to downstream; see stream_net.h. */
#include <limits.h>
#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "hydro/stream_net.h"

typedef struct linking {
    const tl_net *net;
    const tl_cells *sizes;
    const tl_streams_options *options;
    int *link_of;         /* [n] 1 + link that owns a stream cell, 0 = no stream */
    unsigned char *state; /* [n] bits that the nodes set for a cell; NULL without nodes */
    ptrdiff_t *order;     /* [n] cells, upstream first */
    tl_streams *out;
    ptrdiff_t capacity; /* links that fit into out->link */
} linking;

enum { ACTIVE = 1, PARTED = 2, INLET = 4 };

static double area_of(const linking *w, ptrdiff_t k) {
    return w->net->cell[k].area_m2;
}

static int is_node(const linking *w, ptrdiff_t k, int kind) {
    return w->state != NULL && (w->state[k] & kind) != 0;
}

static int is_stream(const linking *w, ptrdiff_t k) {
    return w->state == NULL || (w->state[k] & ACTIVE) != 0;
}

/* Cells are listed as soon as all that drain into them are listed, beginning with those into which
 * no stream drains, in reading order. */
static tl_code order_cells(linking *w, tl_err *err) {
    const tl_net *net = w->net;
    unsigned char *open = tl_acquire(net->n, 1);
    if (open == NULL) {
        return tl_no_memory(err, "%td stream cells", net->n);
    }
    for (ptrdiff_t k = 0; k < net->n; k++) {
        if (net->cell[k].next >= 0) {
            open[net->cell[k].next]++;
        }
    }
    ptrdiff_t n = 0;
    for (ptrdiff_t k = 0; k < net->n; k++) {
        if (open[k] == 0) {
            w->order[n++] = k;
        }
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        const ptrdiff_t next = net->cell[w->order[i]].next;
        if (next >= 0 && --open[next] == 0) {
            w->order[n++] = next;
        }
    }
    tl_release(open);
    return TL_OK;
}

/* Marks the cells above a node, up to the next inlet. */
static void mark_states(linking *w) {
    const tl_streams_options *o = w->options;
    for (ptrdiff_t i = 0; i < o->n_node; i++) {
        const ptrdiff_t cell = o->node[i].cell;
        const ptrdiff_t k = tl_hydro_net_find(w->net, cell / w->net->ncol, cell % w->net->ncol);
        if (k >= 0) {
            w->state[k] = o->node[i].is_inlet ? INLET : PARTED;
        }
    }
    for (ptrdiff_t i = w->net->n - 1; i >= 0; i--) {
        const ptrdiff_t k = w->order[i];
        const ptrdiff_t next = w->net->cell[k].next;
        const int below = next >= 0 && (w->state[next] & ACTIVE) != 0;
        if (w->state[k] != INLET && (below || w->state[k] == PARTED)) {
            w->state[k] |= ACTIVE;
        }
    }
}

static ptrdiff_t node_at(const linking *w, ptrdiff_t k) {
    ptrdiff_t i = w->options->n_node - 1;
    while (i >= 0 && w->options->node[i].cell != w->net->cell[k].at) {
        i--;
    }
    return i;
}

/* --- links --- */

static tl_code add_link(linking *w, ptrdiff_t top, ptrdiff_t *number, tl_err *err) {
    tl_streams *s = w->out;
    if (s->n_link == INT_MAX - 1) {
        return tl_fail(err, TL_DATA, "streams: more than %d links; raise the threshold", INT_MAX);
    }
    if (s->n_link == w->capacity) {
        const ptrdiff_t capacity = w->capacity == 0 ? 256 : 2 * w->capacity;
        tl_link *more = tl_grow(s->link, w->capacity, capacity, sizeof *more);
        if (more == NULL) {
            return tl_no_memory(err, "%td links", capacity);
        }
        s->link = more;
        w->capacity = capacity;
    }
    s->link[s->n_link] = (tl_link){.downstream = -1,
                                   .upstream = {-1, -1},
                                   .order = 1,
                                   .magnitude = 1,
                                   .node = -1,
                                   .top = w->net->cell[top].at,
                                   .upstream_m2 = area_of(w, top),
                                   .downstream_m2 = area_of(w, top)};
    *number = s->n_link++;
    return TL_OK;
}

/* Joins the links a and b into a new one that begins at the junction cell. */
static tl_code join(linking *w, ptrdiff_t junction, ptrdiff_t a, ptrdiff_t b, ptrdiff_t *number,
                    tl_err *err) {
    TL_TRY(add_link(w, junction, number, err));
    tl_link *link = w->out->link;
    tl_link *new_link = &link[*number];
    link[a].downstream = *number;
    link[b].downstream = *number;
    new_link->upstream[0] = a;
    new_link->upstream[1] = b;
    new_link->magnitude = link[a].magnitude + link[b].magnitude;
    new_link->order = link[a].order == link[b].order ? link[a].order + 1
                                                     : tl_max_int(link[a].order, link[b].order);
    return TL_OK;
}

/* The link that begins at the cell of a node and runs down. */
static tl_code leave_node(linking *w, ptrdiff_t k, ptrdiff_t *number, tl_err *err) {
    TL_TRY(add_link(w, k, number, err));
    tl_link *below = &w->out->link[*number];
    below->begins_at_node = 1;
    if (w->link_of[k] > 0) {
        tl_link *above = &w->out->link[w->link_of[k] - 1];
        above->downstream = *number;
        below->upstream[0] = w->link_of[k] - 1;
        below->order = above->order;
        below->magnitude = above->magnitude;
    }
    return TL_OK;
}

/* The links that flow into a cell, higher orders first, equal orders in the order N ... NW. */
static tl_code find_inflows(linking *w, ptrdiff_t k, ptrdiff_t found[TL_NEIGHBOURS], int *n_found,
                            tl_err *err) {
    ptrdiff_t donor[TL_NEIGHBOURS];
    const int n_donor = tl_hydro_net_donors(w->net, k, donor);
    int n = 0;
    for (int i = 0; i < n_donor; i++) {
        const ptrdiff_t from = donor[i];
        if (w->link_of[from] == 0 && !is_node(w, from, INLET)) {
            continue;
        }
        ptrdiff_t number = w->link_of[from] - 1;
        if (is_node(w, from, INLET | PARTED)) {
            TL_TRY(leave_node(w, from, &number, err));
        }
        const tl_link *link = w->out->link;
        int slot = n++;
        for (; slot > 0 && link[found[slot - 1]].order < link[number].order; slot--) {
            found[slot] = found[slot - 1];
        }
        found[slot] = number;
    }
    *n_found = n;
    return TL_OK;
}

/* Adds a stream cell to the link that it continues, or to a new one at sources and junctions. */
static tl_code take_cell(linking *w, ptrdiff_t k, tl_err *err) {
    ptrdiff_t above[TL_NEIGHBOURS];
    int n = 0;
    TL_TRY(find_inflows(w, k, above, &n, err));
    ptrdiff_t number;
    if (n == 0) {
        TL_TRY(add_link(w, k, &number, err));
    } else {
        number = above[0];
    }
    for (int i = 1; i < n; i++) {
        const ptrdiff_t a = number;
        TL_TRY(join(w, k, a, above[i], &number, err));
        if (i < n - 1) {
            /* A link without length: only the two streams drain through it. */
            tl_link *link = w->out->link;
            link[number].upstream_m2 = link[a].downstream_m2 + link[above[i]].downstream_m2;
            link[number].downstream_m2 = link[number].upstream_m2;
        }
    }
    w->link_of[k] = (int)number + 1;
    tl_link *own = &w->out->link[number];
    own->downstream_m2 = area_of(w, k);
    own->n_own++;
    if (is_node(w, k, PARTED)) {
        own->node = node_at(w, k);
    }
    return TL_OK;
}

/* --- lines --- */

/* Counts the vertices of every link: its own cells, the node cell it begins in, and the junction
 * cell it ends in. */
static void count_vertices(tl_streams *s) {
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        tl_link *link = &s->link[i];
        const int ends_in_junction = link->downstream >= 0 && link->node < 0;
        link->n_vertex = link->n_own + link->begins_at_node + ends_in_junction;
        link->n_vertex = tl_max(link->n_vertex, 2);
        link->first = s->n_vertex;
        link->first_own = link->first + link->n_vertex - link->begins_at_node - link->n_own;
        s->n_vertex += link->n_vertex;
    }
}

static tl_code make_vertices(tl_streams *s, tl_err *err) {
    s->vertex = tl_acquire(s->n_vertex, sizeof *s->vertex);
    s->vertex_z = tl_acquire(s->n_vertex, sizeof *s->vertex_z);
    s->vertex_m2 = tl_acquire(s->n_vertex, sizeof *s->vertex_m2);
    s->vertex_m = tl_acquire(s->n_vertex, sizeof *s->vertex_m);
    return s->vertex == NULL || s->vertex_z == NULL || s->vertex_m2 == NULL || s->vertex_m == NULL
               ? tl_no_memory(err, "%td vertices", s->n_vertex)
               : TL_OK;
}

/* The direction in which water leaves the lowest cell of a net: its own, or the missing neighbour
 * closest to the direction of the largest inflowing stream. In a pit inside the raster it is that
 * direction itself, and south where no stream flows in. */
static int way_out(const linking *w, ptrdiff_t k) {
    static const int turn[TL_NEIGHBOURS] = {0, 1, 7, 2, 6, 3, 5, 4};
    const tl_net_cell *c = &w->net->cell[k];
    ptrdiff_t donor[TL_NEIGHBOURS];
    if (c->direction >= 0) {
        return c->direction;
    }
    int ahead = 4;
    double max_area = 0.0;
    const int n_donor = tl_hydro_net_donors(w->net, k, donor);
    for (int i = 0; i < n_donor; i++) {
        if (area_of(w, donor[i]) > max_area) {
            max_area = area_of(w, donor[i]);
            ahead = w->net->cell[donor[i]].direction;
        }
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const int direction = (ahead + turn[i]) % TL_NEIGHBOURS;
        if ((c->missing >> direction & 1) != 0) {
            return direction;
        }
    }
    return ahead;
}

/* Sets the lower end of links of one cell without a link below. */
static void lay_ends(linking *w) {
    for (ptrdiff_t i = 0; i < w->out->n_link; i++) {
        tl_link *link = &w->out->link[i];
        const ptrdiff_t ncol = w->net->ncol;
        const int one_cell = link->downstream < 0 && link->n_own + link->begins_at_node < 2;
        link->out = one_cell
                        ? way_out(w, tl_hydro_net_find(w->net, link->top / ncol, link->top % ncol))
                        : -1;
    }
}

/* Orders the vertices: cells from the upper end backwards, so that the lower end is vertex 0. */
static tl_code lay_lines(linking *w, tl_err *err) {
    tl_streams *s = w->out;
    count_vertices(s);
    TL_TRY(make_vertices(s, err));
    ptrdiff_t *used = tl_acquire(s->n_link, sizeof *used);
    if (used == NULL) {
        return tl_no_memory(err, "%td links", s->n_link);
    }
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        const tl_link *link = &s->link[i];
        if (link->begins_at_node) {
            s->vertex[link->first + link->n_vertex - 1] = link->top;
            used[i] = 1;
        }
    }
    for (ptrdiff_t i = 0; i < w->net->n; i++) {
        const ptrdiff_t k = w->order[i];
        if (w->link_of[k] > 0) {
            const ptrdiff_t number = w->link_of[k] - 1;
            const tl_link *link = &s->link[number];
            s->vertex[link->first + link->n_vertex - 1 - used[number]++] = w->net->cell[k].at;
        }
    }
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        const tl_link *link = &s->link[i];
        const ptrdiff_t end = link->downstream >= 0 ? s->link[link->downstream].top : link->top;
        for (ptrdiff_t k = used[i]; k < link->n_vertex; k++) {
            s->vertex[link->first + link->n_vertex - 1 - k] = end;
        }
    }
    for (ptrdiff_t i = 0; i < s->n_vertex; i++) {
        const ptrdiff_t k =
            tl_hydro_net_find(w->net, s->vertex[i] / s->ncol, s->vertex[i] % s->ncol);
        s->vertex_m2[i] = area_of(w, k);
        s->vertex_z[i] = w->net->cell[k].z;
    }
    tl_release(used);
    lay_ends(w);
    return TL_OK;
}

static double distance(const linking *w, ptrdiff_t a, ptrdiff_t b) {
    const ptrdiff_t ncol = w->net->ncol;
    const ptrdiff_t ra = a / ncol;
    const ptrdiff_t rb = b / ncol;
    const double dx = 0.5 * (w->sizes->dx_m[ra] + w->sizes->dx_m[rb]);
    const double dy = 0.5 * (w->sizes->dy_m[ra] + w->sizes->dy_m[rb]);
    const double east = (double)(a % ncol - b % ncol) * dx;
    const double north = (double)(ra - rb) * dy;
    return sqrt(east * east + north * north);
}

/* From vertex 0 to the centre of its cell. */
static double past_centre(const linking *w, const tl_link *link) {
    double step[TL_NEIGHBOURS];
    const ptrdiff_t row = link->top / w->net->ncol;
    if (link->out < 0) {
        return 0.0;
    }
    tl_terrain_neighbour_lengths(w->sizes->dx_m[row], w->sizes->dy_m[row], step);
    return TL_LINK_PAST_CENTRE * step[link->out];
}

/* Measures from the outlets upwards: every link comes after those above it. */
static void measure(linking *w) {
    tl_streams *s = w->out;
    for (ptrdiff_t i = s->n_link - 1; i >= 0; i--) {
        tl_link *link = &s->link[i];
        const ptrdiff_t *v = s->vertex + link->first;
        const ptrdiff_t last = link->n_vertex - 1;
        link->to_outlet_end_m =
            link->downstream >= 0 ? s->link[link->downstream].to_outlet_start_m : 0.0;
        s->vertex_m[link->first] = link->to_outlet_end_m;
        link->length_m = past_centre(w, link);
        link->straight_m = distance(w, v[0], v[last]) + link->length_m;
        for (ptrdiff_t k = 0; k < last; k++) {
            link->length_m += distance(w, v[k], v[k + 1]);
            s->vertex_m[link->first + k + 1] = link->to_outlet_end_m + link->length_m;
        }
        link->drop_m = (double)s->vertex_z[link->first + last] - (double)s->vertex_z[link->first];
        link->slope = link->length_m > 0.0 ? link->drop_m / link->length_m : 0.0;
        link->to_outlet_start_m = link->to_outlet_end_m + link->length_m;
    }
}

/* --- all --- */

static tl_code allocate(linking *w, tl_err *err) {
    const ptrdiff_t n = w->net->n;
    const int has_nodes = w->options->n_node > 0;
    w->link_of = tl_acquire(n, sizeof *w->link_of);
    w->order = tl_acquire(n, sizeof *w->order);
    w->state = has_nodes ? tl_acquire(n, 1) : NULL;
    return w->link_of == NULL || w->order == NULL || (has_nodes && w->state == NULL)
               ? tl_no_memory(err, "%td stream cells", n)
               : TL_OK;
}

static tl_code make_links(linking *w, tl_err *err) {
    TL_TRY(allocate(w, err));
    TL_TRY(order_cells(w, err));
    if (w->state != NULL) {
        mark_states(w);
    }
    for (ptrdiff_t i = 0; i < w->net->n; i++) {
        if (is_stream(w, w->order[i])) {
            TL_TRY(take_cell(w, w->order[i], err));
        }
    }
    if (w->out->n_link == 0) {
        return tl_fail(
            err, TL_DATA,
            "streams: no cell reaches the threshold; at most %.0f cells drain through one cell, so "
            "choose a threshold below that",
            w->net->max_cells);
    }
    TL_TRY(lay_lines(w, err));
    measure(w);
    return TL_OK;
}

tl_code tl_hydro_net_links(const tl_net *net, const tl_cells *sizes,
                           const tl_streams_options *options, tl_streams *streams, tl_err *err) {
    *streams = (tl_streams){.ncol = net->ncol, .limit_cells = net->max_cells};
    linking w = {.net = net, .sizes = sizes, .options = options, .out = streams};
    const tl_code code = make_links(&w, err);
    tl_release(w.link_of);
    tl_release(w.order);
    tl_release(w.state);
    if (code != TL_OK) {
        tl_hydro_streams_free(streams);
    }
    return code;
}
