<?php

declare(strict_types=1);

use MailPartner\Model\Addition;
use MailPartner\Model\Outcome;
use MailPartner\Model\UnsubscribeList;
use MailPartner\ObjectSerializer;

/**
 * What an answer of the generated client means, by the rules in ../../README.md. Names and classes of codes come from
 * the document, so that a new code needs no new program.
 */
final class Outcomes
{
    /** @var array<string, list<string>> */
    private array $lists = [];

    public function __construct(private array $document)
    {
        foreach ($document['paths'] as $item) {
            foreach ($item as $operation) {
                if (isset($operation['operationId'])) {
                    $this->lists[$operation['operationId']] = $operation['x-codes'];
                }
            }
        }
    }

    /** What an answer says: `success` first, then `code`. */
    public function of(string $operation, ?object $answer, int $status): array
    {
        if ($answer?->getSuccess() === null) {
            return $this->unreadable($status);
        }
        $known = $this->listed($operation, $answer->getCode());
        if ($known !== null && ($known['error'] === 'success') !== $answer->getSuccess()) {
            return $this->unreadable($status);
        }
        $said = ['code' => $answer->getCode(), 'message' => $answer->getMessage()];
        if ($answer->getSuccess()) {
            $done = $this->success($answer);
            return $done === null ? $this->unreadable($status) : $said + $done;
        }
        $doubt = $known === null ? $status >= 500 : $known['error'] === 'server';
        $errors = array_map(ObjectSerializer::sanitizeForSerialization(...), $answer->getErrors() ?? []);
        return $said + ['result' => 'refused', 'errors' => $errors, 'maybe_applied' => $doubt] + ($known ?? []);
    }

    public function unreadable(int $status): array
    {
        return $status === 429
            ? ['result' => 'refused', 'error' => 'rate_limit']
            : ['result' => 'unreadable', 'status' => $status, 'maybe_applied' => $status !== 405];
    }

    /** The name and the class of a code, or null where the document does not list it. */
    private function listed(string $operation, ?int $code): ?array
    {
        foreach ($this->lists[$operation] as $name) {
            $list = $this->document['components']['schemas'][$name];
            $place = array_search($code, $list['enum'], true);
            if ($place !== false) {
                return ['name' => $list['x-enum-varnames'][$place], 'error' => $list['x-enum-classes'][$place]];
            }
        }
        return null;
    }

    private function success(Outcome|Addition|UnsubscribeList $answer): ?array
    {
        if ($answer instanceof Outcome) {
            return ['result' => 'deleted'];
        }
        if ($answer instanceof Addition) {
            return $answer->getStopId() === null ? null : ['result' => 'added', 'id' => $answer->getStopId()];
        }
        $rows = $answer->getData();
        if ($rows === null || ($answer->getNbData() ?? count($rows)) !== count($rows)) {
            return null;
        }
        $entries = [];
        foreach ($rows as $row) {
            if ($row->getId() < 1 || $row->getEmail() === '') {
                return null;
            }
            if ($row->getId() === null || $row->getEmail() === null) {
                return null;
            }
            $entries[] = ['id' => $row->getId(), 'email' => $row->getEmail(), 'createdAt' => $row->getCreatedAt()];
        }
        return ['result' => 'listed', 'entries' => $entries];
    }
}
