/* Numbers of pprof's format: the fields of message Profile (github.com/google/pprof,
 * proto/profile.proto), and protocol buffers' wire types.
 *
 * Needs nothing; used by report/pprof.c, which writes, and tools/pprof_read.c, which reads. */
#ifndef CSAN_REPORT_PPROF_FIELDS_H
#define CSAN_REPORT_PPROF_FIELDS_H

enum pprof_field {
    FIELD_SAMPLE_TYPE = 1,
    FIELD_SAMPLE,
    FIELD_MAPPING,
    FIELD_LOCATION,
    FIELD_FUNCTION,
    FIELD_STRING,
    FIELD_TIME = 9,
    FIELD_DURATION,
    FIELD_PERIOD_TYPE,
    FIELD_PERIOD,
    FIELD_PRESET = 14, /* default_sample_type */
    FIELDS
};

enum wire_type { WIRE_VARINT, WIRE_64, WIRE_BYTES, WIRE_32 = 5 };

#endif
