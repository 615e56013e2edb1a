<?php

declare(strict_types=1);

/** The attempts of a call, of which the last one that was made decides. */
final class Attempts
{
    private const GET_FORM = ['deleteUnsubscribe' => 'deleteUnsubscribeWithGet'];
    /** Nothing can come of it at the server. */
    private const ONLY_READS = 'listUnsubscribes';
    private const FAILURES = ['refused', 'unreadable', 'no_answer'];

    public function __construct(private Account $account)
    {
    }

    public function carryOut(array $call): array
    {
        $operation = $call['operation'];
        $doubt = false;
        for ($left = $call['retries'];;) {
            $said = $this->account->attempt($operation, $call);
            $doubt = $doubt || ($said['maybe_applied'] ?? false) && $operation !== self::ONLY_READS;
            if (($said['unheard'] ?? false) && $call['method'] === 'auto' && isset(self::GET_FORM[$operation])) {
                $operation = self::GET_FORM[$operation];
            } elseif (($said['again'] ?? false) && $left > 0) {
                $left--;
            } else {
                return array_diff_key($this->settled($said, $call, $doubt), ['again' => null, 'unheard' => null]);
            }
        }
    }

    /**
     * What the last answer means after the attempts before it. Where one of them may have been done, an unknown id is
     * one that is gone, and an address that is listed already is one that was added.
     */
    private function settled(array $said, array $call, bool $doubt): array
    {
        if (!in_array($said['result'], self::FAILURES, true)) {
            return $said;
        }
        if (($said['error'] ?? null) === 'not_found' && ($call['missing_ok'] || $doubt)) {
            return ['result' => 'already_gone', 'code' => $said['code'], 'message' => $said['message']];
        }
        $added = $doubt && ($said['name'] ?? null) === 'ALREADY_LISTED' ? $this->addedBefore($call) : null;
        return $added ?? ['maybe_applied' => $doubt] + $said;
    }

    /** Looks an address up in the list, which has the id that was lost with the answer to its addition. */
    private function addedBefore(array $call): ?array
    {
        $wanted = $this->comparable($call['arguments']['email']);
        $list = $this->account->attempt('listUnsubscribes', $call);
        foreach (array_reverse($list['entries'] ?? []) as $entry) {
            if ($this->comparable($entry['email']) === $wanted) {
                $said = ['code' => $list['code'], 'message' => $list['message']];
                return $said + ['result' => 'added', 'id' => $entry['id']];
            }
        }
        return null;
    }

    /** An address by which it can be found: case counts before the @ (RFC 5321, 2.4), never after it. */
    private function comparable(string $email): string
    {
        $at = strrpos($email, '@');
        $domain = $at === false ? 0 : $at + 1;
        return substr($email, 0, $domain) . mb_strtolower(substr($email, $domain), 'UTF-8');
    }
}
