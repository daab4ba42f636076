// How much of the store an address may fill in a day, so that nobody washes away what others have
// said.
import Storage

extension Chat {
    private static var day: Int64 { 86_400_000 }
    /// Addresses without connections whose allowance is remembered: as many as an attacker needs to
    /// fill the store anyway.
    private static var rememberedLimit: Int { 100_000 }

    /// Throws `rate_limited` if the address has had as much stored as a day allows.
    func checkAllowance(of owner: OwnerIndex, at now: Timestamp) throws(CommandError) {
        guard hasStore, limits.storedByteLimitPerAddressAndDay != nil,
            owners[owner].kind == .address
        else { return }
        let excess = max(owners[owner].storesAgainAt, now.monotonic) - now.monotonic - Self.day
        guard excess > 0 else { return }
        throw CommandError(
            .rateLimited, "As much as a day allows was said from your address. Go on later.",
            retryAfterMilliseconds: Int(excess))
    }

    /// Takes the bytes of a message off the allowance of its address.
    mutating func spendAllowance(of owner: OwnerIndex, _ byteCount: Int, at now: Timestamp) {
        guard hasStore, let limit = limits.storedByteLimitPerAddressAndDay,
            owners[owner].kind == .address
        else { return }
        let cost = max(1, Self.day * Int64(byteCount) / Int64(max(1, limit)))
        owners[owner].storesAgainAt = max(owners[owner].storesAgainAt, now.monotonic) + cost
    }

    /// An address has gone. What it has spent of its allowance is not forgotten with it.
    mutating func rememberAllowance(of owner: OwnerIndex) {
        guard owners[owner].storesAgainAt > .min else { return }
        if spentAllowances.count >= Self.rememberedLimit { spentAllowances.removeAll() }
        spentAllowances[owners[owner].address] = owners[owner].storesAgainAt
    }
}
