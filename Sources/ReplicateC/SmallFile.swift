// Reads a small file whole, for the option env_file: once, when a client is made.

import Glibc
import Replicate

/// Nil if there is none.
func smallFile(_ path: String, _ option: String, limit: Int) throws(ReplicateError) -> String? {
    let shown = CallerText.shown(path)
    guard let file = fopen(path, "rbe") else {
        if errno == ENOENT { return nil }
        throw ReplicateError(.invalidInput, "\(option): \(shown) cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    let bytes = [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count in
        count = fread(buffer.baseAddress, 1, buffer.count, file)
    }
    guard ferror(file) == 0 else { throw ReplicateError(.invalidInput, "\(option): \(shown) cannot be read") }
    guard bytes.count <= limit else {
        throw ReplicateError(.invalidInput, "\(option): \(shown) has more than the \(limit) bytes that are taken")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw ReplicateError(.invalidInput, "\(option): \(shown) is not UTF-8 text")
    }
    return text
}
