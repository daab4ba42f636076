// One import for who uses the protocol alone: the byte buffers that it writes to come with it.
@_exported public import Storage
