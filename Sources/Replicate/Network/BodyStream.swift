// The body of an answer that is read while it comes: what has come and was not read yet, and who waits for more. It lives on
// the network thread.

final class BodyStream {
    typealias Opening = CheckedContinuation<Result<HTTPResponse, TransportFailure>, Never>
    typealias Reading = CheckedContinuation<Result<[UInt8]?, TransportFailure>, Never>

    /// So much may wait for its reader before the server is held back.
    static let capacity = 256 << 10

    private var opening: Opening?
    private var reading: Reading?
    private var buffer: [UInt8] = []
    private var end: Result<Void, TransportFailure>?
    private(set) var isPaused = false

    init(_ opening: Opening) { self.opening = opening }

    // MARK: The transfer's side

    func opened(_ response: HTTPResponse) {
        opening?.resume(returning: .success(response))
        opening = nil
    }

    /// False when there is no room: the transfer is then to pause, and offers the bytes again.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard buffer.isEmpty || buffer.count + bytes.count <= Self.capacity else {
            isPaused = true
            return false
        }
        if let reading {
            self.reading = nil
            reading.resume(returning: .success(Array(bytes)))
        } else {
            buffer.append(contentsOf: bytes)
        }
        return true
    }

    func ended(_ result: Result<Void, TransportFailure>, _ response: @autoclosure () -> HTTPResponse) {
        guard end == nil else { return }
        end = result
        switch result {
        case .success:
            opened(response())
            reading?.resume(returning: .success(nil))
        case .failure(let failure):
            opening?.resume(returning: .failure(failure))
            opening = nil
            reading?.resume(returning: .failure(failure))
        }
        reading = nil
    }

    // MARK: The reader's side

    /// What there is without waiting; nil when there is nothing yet.
    private func next() -> Result<[UInt8]?, TransportFailure>? {
        if !buffer.isEmpty {
            defer { buffer.removeAll(keepingCapacity: true) }
            return .success(buffer)
        }
        return end?.map { nil }
    }

    /// True once after each pause.
    func takesMore() -> Bool {
        defer { isPaused = false }
        return isPaused
    }

    var hasReader: Bool { reading != nil }
    var hasEnded: Bool { end != nil }

    /// Bytes may come between any look from outside and this call.
    func wait(_ reading: Reading) {
        if let ready = next() { reading.resume(returning: ready) } else { self.reading = reading }
    }
}
