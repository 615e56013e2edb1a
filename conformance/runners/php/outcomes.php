<?php

declare(strict_types=1);

use MailPartner\ObjectSerializer;

/**
 * What an answer of the generated client means, by the rules in ../../README.md.
 *
 * Besides what is reported, an outcome may have `again` (for which operations another attempt may help and does no
 * harm: "all" or "idempotent"), `unheard` (the API says that it did not look at the request) and `settles` (the code
 * says that what was asked for is so already).
 */
final class Outcomes
{
    private const ASKS_FOR_ANOTHER = [408, 429];
    private const TEXTS = ['success' => null, 'code' => null, 'message' => null, 'errors' => null];

    public function __construct(private Contract $contract)
    {
    }

    /** What an answer says: `success` first, then `code`. */
    public function of(string $operation, ?object $answer, int $status): array
    {
        if ($answer?->getSuccess() === null) {
            return $this->unreadable($status);
        }
        $listed = $this->contract->listed($operation, $answer->getCode());
        if ($listed !== null && ($listed['effect'] === 'applied') !== $answer->getSuccess()) {
            return $this->unreadable($status);
        }
        $said = ['code' => $answer->getCode(), 'message' => $answer->getMessage()];
        if ($answer->getSuccess()) {
            $data = $this->data($operation, $answer);
            // A success that lacks what is essential was done, so it is not repeated.
            return $data === null
                ? ['result' => 'unreadable', 'maybe_applied' => true]
                : $said + ['result' => 'done', 'data' => (object) $data];
        }
        $errors = array_map(ObjectSerializer::sanitizeForSerialization(...), $answer->getErrors() ?? []);
        $meaning = $listed === null ? $this->unlisted($status) : $this->meaning(...$listed);
        return $said + ['result' => 'refused', 'errors' => $errors] + $meaning;
    }

    public function unreadable(int $status): array
    {
        if ($status === 429) {
            return ['result' => 'refused', 'error' => 'rate_limit', 'again' => 'idempotent'];
        }
        $unheard = $status === 405;
        $final = $status >= 300 && $status < 500 && !in_array($status, self::ASKS_FOR_ANOTHER, true);
        $again = $final ? null : 'idempotent';
        return ['result' => 'unreadable', 'maybe_applied' => !$unheard, 'again' => $again, 'unheard' => $unheard];
    }

    public function noAnswer(): array
    {
        return ['result' => 'no_answer', 'maybe_applied' => true, 'again' => 'idempotent'];
    }

    /** Every request has a key: that it is missing says that the server did not look where it was. */
    private function meaning(string $name, string $error, string $effect): array
    {
        return [
            'name' => $name,
            'error' => $error,
            'maybe_applied' => $effect === 'unknown',
            'again' => ['not_applied_retry' => 'all', 'unknown' => 'idempotent'][$effect] ?? null,
            'unheard' => $name === 'API_KEY_REQUIRED',
            'settles' => $effect === 'settles',
        ];
    }

    /** The same of a code that is not listed: then the status is all there is to go by. */
    private function unlisted(int $status): array
    {
        return [
            'error' => $status === 429 ? 'rate_limit' : null,
            'maybe_applied' => $status >= 500,
            'again' => $status >= 500 || in_array($status, self::ASKS_FOR_ANOTHER, true) ? 'idempotent' : null,
            'unheard' => $status === 405,
        ];
    }

    /** The fields of a success, or null where it lacks what is essential, or has other rows than it counts. */
    private function data(string $operation, object $answer): ?array
    {
        $plain = json_decode(json_encode(ObjectSerializer::sanitizeForSerialization($answer)), true);
        $data = $this->fields($plain, $this->contract->answer($operation));
        $whole = !isset($data['nbData']) || $data['nbData'] === count($data['data'] ?? []);
        return $data !== null && $whole ? array_diff_key($data, self::TEXTS) : null;
    }

    /** The fields of an object that the document names, or null where one that is essential has no value. */
    private function fields(array $object, array $schema): ?array
    {
        $fields = [];
        foreach ($schema['properties'] as $name => $inner) {
            $fields[$name] = $this->fitting($object[$name] ?? null, $this->contract->resolved($inner));
        }
        foreach ($schema['x-essential'] ?? [] as $name) {
            if ($fields[$name] === null || is_string($fields[$name]) && trim($fields[$name]) === '') {
                return null;
            }
        }
        return $fields;
    }

    /** A value, or null for what has no meaning: a whole number of 64 bits is an id, which begins at 1. */
    private function fitting(mixed $value, array $schema): mixed
    {
        if (!is_array($value)) {
            return is_int($value) && ($schema['format'] ?? '') === 'int64' && $value < 1 ? null : $value;
        }
        if ($schema['type'] === 'object') {
            return $this->fields($value, $schema);
        }
        $items = array_map(fn ($item) => $this->fitting($item, $this->contract->resolved($schema['items'])), $value);
        return in_array(null, $items, true) ? null : $items;
    }
}
