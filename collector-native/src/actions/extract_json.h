/* SPDX-License-Identifier: Apache-2.0 */
/* What the extractors of JSON share. Pure. */
#pragma once

#include <jansson.h>

#include "actions/extract.h"

/* Loads JSON whose outermost value is of that type. 0, -EBADMSG or -ENOMEM; the caller decrefs. */
int eu_json_load(json_t **ret, const char *json, size_t len, json_type type);

/* The text of a JSON string; NULL when it is none, or has a NUL inside. */
const char *eu_json_text(const json_t *value);

/* The text behind a key of an object, which may be NULL or no object. */
const char *eu_json_look(const json_t *object, const char *key);

/* Sets a field that is still empty; marks the result cut when the text does not fit. */
void eu_extract_fill(struct eu_inspect_result *r, char *field, size_t size, const char *text);
#define EU_FILL(r, field, text) eu_extract_fill(r, (r)->field, sizeof((r)->field), text)

/* The digest in "NAME@sha256:...", else NULL. */
const char *eu_extract_digest(const char *reference);

void eu_extract_fill_path(struct eu_extract *e, const char *path);
void eu_extract_fill_created(struct eu_inspect_result *r, const char *text);

/* It is known now, and so or not so. */
void eu_extract_fact(struct eu_inspect_result *r, uint32_t fact, bool is_so);

/* The same of a JSON boolean; anything else says nothing. */
void eu_extract_flag(struct eu_inspect_result *r, uint32_t fact, const json_t *value);

/* The value of an annotation or NULL: in a JSON object here, among labels there. */
typedef const char *(*eu_look_fn)(const json_t *data, const char *key);

/* Fills in what the annotations of the runtimes say. */
void eu_extract_annotations(struct eu_extract *e, eu_look_fn look, const json_t *data);

/* Adds the texts of an object as labels of that kind, but for those with secrets. */
void eu_extract_labels(struct eu_inspect_result *r, enum eu_detail kind, const json_t *object);
