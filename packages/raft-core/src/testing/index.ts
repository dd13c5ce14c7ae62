/** What other packages need to test against consensus. Development only. */
export { JournalMachine } from './journal-machine';
