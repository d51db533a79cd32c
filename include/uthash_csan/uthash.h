/* csan: caches made of uthash, watched without a change to their source.
 *
 * Put the folder of this file ahead on the include path (-I…/include/csan/uthash_csan): it includes
 * the real uthash.h, and HASH_ADD*, HASH_REPLACE*, HASH_FIND*, HASH_DEL* and HASH_CLEAR tell csan
 * what they do. An entry is published where it stands, under the name of its table's variable; a
 * look-up lends it until it is finally deleted, and needs no release; deleted and added again is a
 * touch. Where entries point to a second block, name it before the first look-up:
 *
 *   #define CSAN_UTHASH_PAYLOAD(entry) ((entry)->row)
 *
 * uthash 2.1 and later. Without the library, and with -DCSAN_DISABLE, this is uthash.h. */
#ifndef CSAN_UTHASH_H
#define CSAN_UTHASH_H

#pragma GCC system_header
#include_next <uthash.h>

#if !defined(CSAN_DISABLE) && (defined(__GNUC__) || defined(__clang__))

#ifdef __cplusplus
extern "C" {
#endif
/* handle: of the entry, bytes of it, that change with each call. n 0: the size asked of malloc. */
void csan_uthash_added(const char *table, const void *entry, size_t n, const void *handle,
                       size_t bytes) __attribute__((weak));
void csan_uthash_found(const void *entry) __attribute__((weak));
void csan_uthash_deleted(const void *entry) __attribute__((weak));
void csan_uthash_cleared(const void *first, size_t handle) __attribute__((weak));
#ifdef __cplusplus
}
#endif

#ifdef CSAN_UTHASH_PAYLOAD
#define CSAN_UTHASH_PAYLOAD_OF(entry) ((const void *)CSAN_UTHASH_PAYLOAD(entry))
#else
#define CSAN_UTHASH_PAYLOAD_OF(entry) ((const void *)0)
#endif

#define CSAN_UTHASH_ADDED(hh, head, add)                                                           \
    do {                                                                                           \
        if (csan_uthash_added) {                                                                   \
            csan_uthash_added(#head, (add), sizeof *(add), &(add)->hh, sizeof(add)->hh);           \
            if (CSAN_UTHASH_PAYLOAD_OF(add))                                                       \
                csan_uthash_added(#head, CSAN_UTHASH_PAYLOAD_OF(add), 0, 0, 0);                    \
        }                                                                                          \
    } while (0)

#define CSAN_UTHASH_FOUND(out)                                                                     \
    do {                                                                                           \
        if (csan_uthash_found && (out)) {                                                          \
            csan_uthash_found(out);                                                                \
            if (CSAN_UTHASH_PAYLOAD_OF(out))                                                       \
                csan_uthash_found(CSAN_UTHASH_PAYLOAD_OF(out));                                    \
        }                                                                                          \
    } while (0)

#define CSAN_UTHASH_DELETED(del)                                                                   \
    do {                                                                                           \
        if (csan_uthash_deleted) {                                                                 \
            if (CSAN_UTHASH_PAYLOAD_OF(del))                                                       \
                csan_uthash_deleted(CSAN_UTHASH_PAYLOAD_OF(del));                                  \
            csan_uthash_deleted(del);                                                              \
        }                                                                                          \
    } while (0)

/* --- look-up */

#define CSAN_UTHASH_LOOK_UP(hh, head, keyptr, keylen, hashval, out)                                \
    do {                                                                                           \
        (out) = NULL;                                                                              \
        if (head) {                                                                                \
            unsigned csan_bkt;                                                                     \
            HASH_TO_BKT(hashval, (head)->hh.tbl->num_buckets, csan_bkt);                           \
            if (HASH_BLOOM_TEST((head)->hh.tbl, hashval) != 0) {                                   \
                HASH_FIND_IN_BKT((head)->hh.tbl, hh, (head)->hh.tbl->buckets[csan_bkt], keyptr,    \
                                 keylen, hashval, out);                                            \
            }                                                                                      \
        }                                                                                          \
    } while (0)

#undef HASH_FIND_BYHASHVALUE
#define HASH_FIND_BYHASHVALUE(hh, head, keyptr, keylen, hashval, out)                              \
    do {                                                                                           \
        CSAN_UTHASH_LOOK_UP(hh, head, keyptr, keylen, hashval, out);                               \
        CSAN_UTHASH_FOUND(out);                                                                    \
    } while (0)

/* --- add, replace */

/* The last step of each of uthash's ways to add, and its own text but for what csan is told. */
#ifndef HASH_ADD_TO_TABLE
#error "csan watches tables of uthash 2.1 and later"
#endif
#undef HASH_ADD_TO_TABLE
#if HASH_NONFATAL_OOM
#define HASH_ADD_TO_TABLE(hh, head, keyptr, keylen_in, hashval, add, oomed)                        \
    do {                                                                                           \
        if (!(oomed)) {                                                                            \
            unsigned csan_its;                                                                     \
            (head)->hh.tbl->num_items++;                                                           \
            HASH_TO_BKT(hashval, (head)->hh.tbl->num_buckets, csan_its);                           \
            HASH_ADD_TO_BKT((head)->hh.tbl->buckets[csan_its], hh, &(add)->hh, oomed);             \
            if (oomed) {                                                                           \
                HASH_ROLLBACK_BKT(hh, head, &(add)->hh);                                           \
                HASH_DELETE_HH(hh, head, &(add)->hh);                                              \
                (add)->hh.tbl = NULL;                                                              \
                uthash_nonfatal_oom(add);                                                          \
            } else {                                                                               \
                HASH_BLOOM_ADD((head)->hh.tbl, hashval);                                           \
                HASH_EMIT_KEY(hh, head, keyptr, keylen_in);                                        \
                CSAN_UTHASH_ADDED(hh, head, add);                                                  \
            }                                                                                      \
        } else {                                                                                   \
            (add)->hh.tbl = NULL;                                                                  \
            uthash_nonfatal_oom(add);                                                              \
        }                                                                                          \
    } while (0)
#else
#define HASH_ADD_TO_TABLE(hh, head, keyptr, keylen_in, hashval, add, oomed)                        \
    do {                                                                                           \
        unsigned csan_its;                                                                         \
        (head)->hh.tbl->num_items++;                                                               \
        HASH_TO_BKT(hashval, (head)->hh.tbl->num_buckets, csan_its);                               \
        HASH_ADD_TO_BKT((head)->hh.tbl->buckets[csan_its], hh, &(add)->hh, oomed);                 \
        HASH_BLOOM_ADD((head)->hh.tbl, hashval);                                                   \
        HASH_EMIT_KEY(hh, head, keyptr, keylen_in);                                                \
        CSAN_UTHASH_ADDED(hh, head, add);                                                          \
    } while (0)
#endif

#define CSAN_UTHASH_TAKE_OUT(hh, head, fieldname, keylen_in, hashval, add, replaced)               \
    do {                                                                                           \
        (replaced) = NULL;                                                                         \
        CSAN_UTHASH_LOOK_UP(hh, head, &((add)->fieldname), keylen_in, hashval, replaced);          \
        if (replaced) {                                                                            \
            HASH_DELETE(hh, head, replaced);                                                       \
        }                                                                                          \
    } while (0)

#undef HASH_REPLACE_BYHASHVALUE
#define HASH_REPLACE_BYHASHVALUE(hh, head, fieldname, keylen_in, hashval, add, replaced)           \
    do {                                                                                           \
        CSAN_UTHASH_TAKE_OUT(hh, head, fieldname, keylen_in, hashval, add, replaced);              \
        HASH_ADD_BYHASHVALUE(hh, head, fieldname, keylen_in, hashval, add);                        \
    } while (0)

#undef HASH_REPLACE_BYHASHVALUE_INORDER
#define HASH_REPLACE_BYHASHVALUE_INORDER(hh, head, fieldname, keylen_in, hashval, add, replaced,   \
                                         cmpfcn)                                                   \
    do {                                                                                           \
        CSAN_UTHASH_TAKE_OUT(hh, head, fieldname, keylen_in, hashval, add, replaced);              \
        HASH_ADD_BYHASHVALUE_INORDER(hh, head, fieldname, keylen_in, hashval, add, cmpfcn);        \
    } while (0)

#undef HASH_SELECT
#define HASH_SELECT(hh_dst, dst, hh_src, src, cond)                                                \
    do {                                                                                           \
        unsigned csan_bkt = 0;                                                                     \
        for (; (src) != NULL && csan_bkt < (src)->hh_src.tbl->num_buckets; csan_bkt++) {           \
            UT_hash_handle *csan_src = (src)->hh_src.tbl->buckets[csan_bkt].hh_head;               \
            for (; csan_src != NULL; csan_src = csan_src->hh_next) {                               \
                void *csan_elt = ELMT_FROM_HH((src)->hh_src.tbl, csan_src);                        \
                __typeof__(dst) csan_add;                                                          \
                if (!(cond(csan_elt)))                                                             \
                    continue;                                                                      \
                DECLTYPE_ASSIGN(csan_add, csan_elt);                                               \
                HASH_ADD_KEYPTR_BYHASHVALUE(hh_dst, dst, csan_src->key, csan_src->keylen,          \
                                            csan_src->hashv, csan_add);                            \
            }                                                                                      \
        }                                                                                          \
    } while (0)

/* --- delete */

#undef HASH_DELETE
#define HASH_DELETE(hh, head, delptr)                                                              \
    do {                                                                                           \
        CSAN_UTHASH_DELETED(delptr);                                                               \
        HASH_DELETE_HH(hh, head, &(delptr)->hh);                                                   \
    } while (0)

#undef HASH_CLEAR
#define HASH_CLEAR(hh, head)                                                                       \
    do {                                                                                           \
        if ((head) != NULL) {                                                                      \
            if (csan_uthash_cleared)                                                               \
                csan_uthash_cleared((head),                                                        \
                                    (size_t)((const char *)&(head)->hh - (const char *)(head)));   \
            HASH_BLOOM_FREE((head)->hh.tbl);                                                       \
            uthash_free((head)->hh.tbl->buckets,                                                   \
                        (head)->hh.tbl->num_buckets * sizeof(struct UT_hash_bucket));              \
            uthash_free((head)->hh.tbl, sizeof(UT_hash_table));                                    \
            (head) = NULL;                                                                         \
        }                                                                                          \
    } while (0)

#endif
#endif
