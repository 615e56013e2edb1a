<?php

declare(strict_types=1);

/** The attempts of a call. The last one decides, in the light of those before it. */
final class Attempts
{
    private const OURS = ['again' => null, 'unheard' => null, 'settles' => null];

    public function __construct(private Account $account, private Contract $contract)
    {
    }

    public function carryOut(array $call): array
    {
        $operation = $call['operation'];
        $doubt = false;
        for ($left = $call['retries'];;) {
            $said = $this->account->attempt($operation, $call);
            $doubt = $doubt || ($said['maybe_applied'] ?? false) && !$this->contract->marked($operation, 'x-safe');
            $unheard = ($said['unheard'] ?? false) && $call['method'] === 'auto';
            $alias = $unheard ? $this->contract->alias($operation) : null;
            if ($alias !== null) {
                $operation = $alias;
            } elseif ($left > 0 && $this->mayRepeat($operation, $said['again'] ?? null)) {
                $left--;
            } elseif (($said['settles'] ?? false) && ($doubt || $call['already_ok'])) {
                return ['result' => 'already_done', 'code' => $said['code'], 'message' => $said['message']];
            } else {
                $failed = !in_array($said['result'], ['done', 'not_sent'], true);
                return array_diff_key(($failed ? ['maybe_applied' => $doubt] : []) + $said, self::OURS);
            }
        }
    }

    private function mayRepeat(string $operation, ?string $again): bool
    {
        return $again === 'all' || $again === 'idempotent' && $this->contract->marked($operation, 'x-idempotent');
    }
}
