// One import for an application that uses the protocol alone: the byte buffers that frames are
// written to come with it.
@_exported public import Storage
