// The form of a request, as libcurl takes it: it asks for each part's bytes when it sends them.

import CCurl
import Glibc

final class Form {
    let mime: OpaquePointer
    private var readers: [PartReader] = []

    /// Opens the files; what they are from now on is what is sent.
    init(_ parts: [FormPart], of easy: UnsafeMutableRawPointer) throws(TransportFailure) {
        guard let mime = curl_mime_init(easy) else { throw .noMemoryForForm }
        self.mime = mime
        for part in parts {
            let reader = try PartReader(part)
            readers.append(reader)
            guard let item = curl_mime_addpart(mime), curl_mime_name(item, part.name) == CURLE_OK,
                curl_mime_data_cb(
                    item, curl_off_t(reader.size), PartReader.read, PartReader.seek, nil,
                    Unmanaged.passUnretained(reader).toOpaque())
                    == CURLE_OK,
                part.fileName.map({ curl_mime_filename(item, $0) == CURLE_OK }) ?? true,
                part.type.map({ curl_mime_type(item, $0) == CURLE_OK }) ?? true
            else { throw .noMemoryForForm }
        }
    }

    deinit { curl_mime_free(mime) }

    /// Why a part could not be sent as it was announced.
    var problem: String? { readers.lazy.compactMap(\.problem).first }
}

/// Reads one part, on the network thread. The form's length is told before its bytes: a file that has become longer is sent
/// as long as it was, and one that has become shorter ends the transfer, for the server would wait for the rest.
final class PartReader {
    let size: Int64
    private(set) var problem: String?
    private let content: FormPart.Content
    private let descriptor: Int32
    private let onSent: FormPart.Observer?
    private var position: Int64 = 0

    init(_ part: FormPart) throws(TransportFailure) {
        content = part.content
        onSent = part.onSent
        switch part.content {
        case .bytes(let bytes): (descriptor, size) = (-1, Int64(bytes.count))
        case .file(let path):
            // Without O_NONBLOCK a pipe in the file's place would hold the thread.
            (descriptor, size) = try Self.checked(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), part.content)
        case .open(let file):
            (descriptor, size) = try Self.checked(fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0), part.content)
        }
    }

    private static func failure(_ message: String) -> TransportFailure {
        TransportFailure(reason: .content(message), phase: .connecting, requestTouched: false, message: message)
    }

    /// A descriptor that is ours from here on, and its file's size.
    private static func checked(_ opened: Int32, _ content: FormPart.Content) throws(TransportFailure) -> (Int32, Int64) {
        func unreadable(_ why: String) -> TransportFailure { failure("\(content.shown) \(why)") }
        guard opened >= 0 else { throw unreadable("cannot be read: \(String(cString: strerror(errno)))") }
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw unreadable("is not a file with an end")
        }
        return (opened, Int64(status.st_size))
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    static let read: curl_read_callback = { buffer, size, count, context in
        guard let buffer, let context else { return Int(CURL_READFUNC_ABORT) }
        let reader = Unmanaged<PartReader>.fromOpaque(context).takeUnretainedValue()
        return reader.read(UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
    }

    static let seek: curl_seek_callback = { context, offset, origin in
        guard let context, origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
        Unmanaged<PartReader>.fromOpaque(context).takeUnretainedValue().position = Int64(offset)
        return CURL_SEEKFUNC_OK
    }

    /// All bytes at once.
    func all() throws(TransportFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(size))
        let whole = bytes.withUnsafeMutableBytes { buffer in
            while position < size {
                let read = read(UnsafeMutableRawBufferPointer(rebasing: buffer[Int(position)...]))
                if read <= 0 || read > buffer.count { return false }
            }
            return true
        }
        guard whole else { throw Self.failure(problem ?? "\(content.shown) cannot be read") }
        return bytes
    }

    private func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(Int(min(Int64(buffer.count), size - position))))
        guard !room.isEmpty else { return 0 }
        var count = room.count
        switch content {
        case .bytes(let bytes): room.copyBytes(from: bytes[Int(position)..<(Int(position) + count)])
        case .file, .open:
            count = pread(descriptor, room.baseAddress, count, off_t(position))
            guard count > 0 else {
                let why = count < 0 ? String(cString: strerror(errno)) : "it ends before the \(size) bytes that it had"
                problem = "\(content.shown) cannot be read to its end: \(why)"
                return Int(CURL_READFUNC_ABORT)
            }
        }
        position += Int64(count)
        onSent?(position)
        return count
    }
}

extension FormPart.Content {
    /// What to call it in a message.
    fileprivate var shown: String {
        switch self {
        case .file(let path): ForeignText.cleaned(path)
        case .open(let file): ForeignText.cleaned(file.name ?? "the open file")
        case .bytes: "the bytes"
        }
    }
}

extension TransportFailure {
    fileprivate static let noMemoryForForm = TransportFailure(setup: "libcurl has no memory for a form")
}
