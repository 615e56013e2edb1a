<?php

declare(strict_types=1);

use MailPartner\Model\Addition;
use MailPartner\Model\Outcome;
use MailPartner\Model\UnsubscribeList;
use MailPartner\ObjectSerializer;

/**
 * What an answer of the generated client means, by the rules in ../../README.md.
 *
 * Beside what is reported, an outcome may have `again` (another attempt may help) and `unheard` (the API says that it
 * did not look at the request).
 */
final class Outcomes
{
    private const ASKS_FOR_ANOTHER = [408, 429];

    public function __construct(private Codes $codes)
    {
    }

    /** What an answer says: `success` first, then `code`. */
    public function of(string $operation, ?object $answer, int $status): array
    {
        if ($answer?->getSuccess() === null) {
            return $this->unreadable($status);
        }
        $listed = $this->codes->listed($operation, $answer->getCode());
        if ($listed !== null && ($listed['error'] === 'success') !== $answer->getSuccess()) {
            return $this->unreadable($status);
        }
        $said = ['code' => $answer->getCode(), 'message' => $answer->getMessage()];
        if ($answer->getSuccess()) {
            $done = $this->success($answer);
            return $done === null ? $this->lacking() : $said + $done;
        }
        $errors = array_map(ObjectSerializer::sanitizeForSerialization(...), $answer->getErrors() ?? []);
        $meaning = $listed === null ? $this->unlisted($status) : $this->meaning(...$listed);
        return $said + ['result' => 'refused', 'errors' => $errors] + $meaning;
    }

    public function unreadable(int $status): array
    {
        if ($status === 429) {
            return ['result' => 'refused', 'error' => 'rate_limit', 'again' => true];
        }
        $unheard = $status === 405;
        $final = $status >= 300 && $status < 500 && !in_array($status, self::ASKS_FOR_ANOTHER, true);
        return ['result' => 'unreadable', 'maybe_applied' => !$unheard, 'again' => !$final, 'unheard' => $unheard];
    }

    public function noAnswer(): array
    {
        return ['result' => 'no_answer', 'maybe_applied' => true, 'again' => true];
    }

    /** Every request has a key: that it is missing says that the server did not look where it was. */
    private function meaning(string $name, string $error): array
    {
        return [
            'name' => $name,
            'error' => $error,
            'maybe_applied' => $error === 'server',
            'again' => $error === 'server' || $error === 'rate_limit',
            'unheard' => $name === 'API_KEY_REQUIRED',
        ];
    }

    /** The same of a code that is not listed: then the status is all there is to go by. */
    private function unlisted(int $status): array
    {
        return [
            'error' => $status === 429 ? 'rate_limit' : null,
            'maybe_applied' => $status >= 500,
            'again' => $status >= 500 || in_array($status, self::ASKS_FOR_ANOTHER, true),
            'unheard' => $status === 405,
        ];
    }

    /** A success that lacks what it should hold. It was done, so it is not repeated. */
    private function lacking(): array
    {
        return ['result' => 'unreadable', 'maybe_applied' => true];
    }

    private function success(Outcome|Addition|UnsubscribeList $answer): ?array
    {
        if ($answer instanceof Outcome) {
            return ['result' => 'deleted'];
        }
        if ($answer instanceof Addition) {
            $id = $answer->getStopId();
            return $this->isId($id) ? ['result' => 'added', 'id' => $id] : null;
        }
        $entries = $this->entries($answer);
        return $entries === null ? null : ['result' => 'listed', 'entries' => $entries];
    }

    /** The rows of a list that is whole, or null. An empty list may be left out, but not uncounted. */
    private function entries(UnsubscribeList $list): ?array
    {
        $rows = $list->getData() ?? [];
        $whole = $list->getNbData() === null ? $list->getData() !== null : $list->getNbData() === count($rows);
        if (!$whole) {
            return null;
        }
        $entries = [];
        foreach ($rows as $row) {
            if (!$this->isId($row?->getId()) || ($row->getEmail() ?? '') === '') {
                return null;
            }
            $entries[] = ['id' => $row->getId(), 'email' => $row->getEmail(), 'createdAt' => $row->getCreatedAt()];
        }
        return $entries;
    }

    private function isId(?int $number): bool
    {
        return $number !== null && $number >= 1;
    }
}
