<?php

declare(strict_types=1);

/** Names and classes of codes, from the document, so that a new code needs no new program. */
final class Codes
{
    /** @var array<string, list<string>> the lists of each operation */
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

    /**
     * What a code is by the first list of the operation that has it, or null where none does.
     *
     * @return array{name: string, error: string}|null
     */
    public function listed(string $operation, ?int $code): ?array
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
}
